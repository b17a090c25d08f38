// The doctor's look at SMPP: whether the door's addresses can be had; and how carriers, trunks and routes of the running platform stand.

import { createServer } from 'node:net'
import { askPlatform } from './ask-platform.ts'
import { ConfigFault, type Config, type Environment } from '#config/config.ts'
import type { Finding } from './finding.ts'
import { examineEmergency } from './examine-voice.ts'

export interface CarrierLine {
  readonly name: string
  readonly enabled: boolean
  readonly status: LineState | null
  /** Of those that calls go over. */
  readonly trunk?: TrunkLine | null
}

interface LineState {
  readonly state: string
  readonly lastError: { readonly text: string } | null
}

interface TrunkLine extends LineState {
  readonly gateways: readonly { readonly name: string; readonly state: string }[]
  readonly registration: { readonly state: string; readonly cause: string | null } | null
}

/** Of a platform that does not run. */
export async function* examineSmppAddresses({ smpp, smppIsUsual }: Config): AsyncGenerator<Finding> {
  for (const { host, port } of smpp) {
    const what = `SMPP ${host}:${port}`
    const cause = await new Promise<Error | undefined>((resolve) => {
      const server = createServer()
      server.once('error', resolve)
      server.listen({ host, port }, () => server.close(() => resolve(undefined)))
    })
    if (cause === undefined) yield { what, fine: true, says: 'free' }
    else {
      const remedy = smppIsUsual
        ? 'The platform starts without; set OFFHOOK_SMPP to another address, or off.'
        : 'Something else listens there, or the address is not ours: set OFFHOOK_SMPP.'
      yield { what, fine: smppIsUsual, says: cause.message, remedy }
    }
  }
}

/** Of one that runs: asked with the operator's key, if one is known. */
export async function* examineCarriers(environment?: Environment): AsyncGenerator<Finding> {
  let carriers: readonly CarrierLine[]
  let routes: readonly { readonly kind: string; readonly prefix: string }[]
  try {
    const asking = await askPlatform(environment)
    routes = (await asking.ask<{ items: typeof routes }>('GET', '/routes?limit=1000')).items
    carriers = (await asking.ask<{ items: CarrierLine[] }>('GET', '/carriers?limit=1000')).items
  } catch (cause) {
    if (!(cause instanceof ConfigFault)) throw cause
    yield { what: 'carriers', fine: true, says: 'not looked at', remedy: cause.faults.join(' ') }
    return
  }
  for (const carrier of carriers) yield carrierFinding(carrier)
  yield examineEmergency(routes)
  if (carriers.length === 0) yield { what: 'carriers', fine: true, says: 'none', remedy: 'offhook carrier add <name> smpp://...' }
}

export function carrierFinding({ name, enabled, status: bound, trunk = null }: CarrierLine): Finding {
  const what = `carrier ${name}`
  const remedy = `See: offhook carrier show ${name}`
  const status = bound ?? trunk
  if (!enabled) return { what, fine: true, says: 'switched off' }
  if (!status) return { what, fine: true, says: 'held by another node, or not open here yet' }
  if (status.state !== 'up')
    return { what, fine: false, says: `${status.state}: ${status.lastError?.text ?? 'not bound yet'}`, remedy }
  if (trunk?.registration && trunk.registration.state !== 'registered') {
    const { state, cause } = trunk.registration
    return { what, fine: false, says: `up, but its registration is ${state}: ${cause ?? 'no answer yet'}`, remedy }
  }
  const down = trunk?.gateways.filter(({ state }) => state === 'down') ?? []
  if (down.length === 0) return { what, fine: true, says: 'up' }
  const why = trunk?.lastError ? ` (${trunk.lastError.text})` : ''
  return { what, fine: false, says: `up, but nothing answers at ${down.map((one) => one.name).join(', ')}${why}`, remedy }
}
