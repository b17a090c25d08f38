// What may change while the platform runs; the rest needs a start.

import type { Config } from './config.ts'

const reloadable = [
  'logLevel',
  'outgoingAllow',
  'policyUrl',
  'policyMs',
  'policyFailsOpen',
  'trustedProxies',
  'hosts',
  'helpLinks',
  'diskReserveBytes',
  'evidenceBytes',
  'segmentWaitMs',
  'faces',
] as const satisfies readonly (keyof Config)[]

export interface Reloaded {
  readonly config: Config
  /** Names of what is another than before. */
  readonly changed: readonly string[]
}

/** The settings in force, with what may change as it is in the fresh ones. */
export function reload(inForce: Config, fresh: Config): Reloaded {
  const changed = reloadable.filter((name) => JSON.stringify(fresh[name]) !== JSON.stringify(inForce[name]))
  return { config: { ...inForce, ...Object.fromEntries(reloadable.map((name) => [name, fresh[name]])) }, changed }
}
