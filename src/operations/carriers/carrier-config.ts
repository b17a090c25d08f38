// What the operator gave as a carrier's configuration, read and judged by its kind.

import type { CarrierSettings, Detail, SettingFault } from '#values/carrier-settings.ts'
import { refusal, refuse, refuseAll } from '#reasons/refusal.ts'
import type { Means } from '../operation.ts'

export interface GivenConfig {
  readonly kind?: string | undefined
  readonly url?: string | undefined
  readonly detail?: Detail | undefined
  readonly secret?: string | undefined
}

/** Kinds of carriers for messages and of trunks for calls, as far as their settings go. */
export interface ConfigurableKind {
  readonly kind: string
  readonly settings: CarrierSettings
  faults(detail: Detail): readonly SettingFault[]
  fromUrl?(url: string): { readonly detail: Detail; readonly secret: string } | undefined
}

export const kindsOf = ({ carriers, trunks }: Pick<Means, 'carriers' | 'trunks'>): readonly ConfigurableKind[] => [
  ...carriers.kinds,
  // The pretend network is one carrier for messages and calls.
  ...trunks.kinds.filter(({ kind }) => !carriers.kinds.some((one) => one.kind === kind)),
]

export interface ReadConfig {
  readonly kind: ConfigurableKind
  readonly detail: Detail
  /** undefined: none was given. */
  readonly secret: string | undefined
}

/** A URL says the kind and what it can; `detail` and `secret` go before it. Gives request.parameter_invalid. */
export function readConfig(
  means: Pick<Means, 'carriers' | 'trunks'>,
  { kind, url, detail = {}, secret }: GivenConfig,
): ReadConfig {
  const kinds = kindsOf(means)
  if (url === undefined) {
    const known = kinds.find((one) => one.kind === kind)
    if (!known) {
      const expected = kinds.map((one) => one.kind).join(', ')
      return refuse('request.parameter_invalid', { parameter: 'kind', ...(kind !== undefined && { value: kind }), expected })
    }
    return judged({ kind: known, detail, secret })
  }
  for (const one of kinds) {
    const read = one.fromUrl?.(url)
    if (!read || (kind !== undefined && kind !== one.kind)) continue
    return judged({ kind: one, detail: { ...read.detail, ...detail }, secret: secret ?? (read.secret || undefined) })
  }
  return refuse('request.parameter_invalid', {
    parameter: 'url',
    expected: 'smpp://systemId:password@host:port, ssmpp:// for TLS, or sip:user:password@host:port',
  })
}

function judged(config: ReadConfig): ReadConfig {
  const faults = config.kind.faults(config.detail)
  if (faults.length > 0) {
    refuseAll(
      faults.map(({ field, problem }) =>
        refusal('request.parameter_invalid', { parameter: `detail.${field}`, expected: problem }),
      ),
    )
  }
  return config
}
