// What the operator gave as a carrier's configuration, read and judged by its kind.

import type { CarrierKind } from '#messaging/sms-carrier.ts'
import type { Detail } from '#values/carrier-settings.ts'
import { refusal, refuse, refuseAll } from '#reasons/refusal.ts'
import type { Means } from '../operation.ts'

export interface GivenConfig {
  readonly kind?: string | undefined
  readonly url?: string | undefined
  readonly detail?: Detail | undefined
  readonly secret?: string | undefined
}

export interface ReadConfig {
  readonly kind: CarrierKind
  readonly detail: Detail
  /** undefined: none was given. */
  readonly secret: string | undefined
}

/** A URL says the kind and what it can; `detail` and `secret` go before it. Gives request.parameter_invalid. */
export function readConfig({ carriers }: Pick<Means, 'carriers'>, { kind, url, detail = {}, secret }: GivenConfig): ReadConfig {
  if (url === undefined) {
    const known = kind === undefined ? undefined : carriers.kind(kind)
    if (!known) {
      const expected = carriers.kinds.map((one) => one.kind).join(', ')
      return refuse('request.parameter_invalid', { parameter: 'kind', ...(kind !== undefined && { value: kind }), expected })
    }
    return judged({ kind: known, detail, secret })
  }
  for (const one of carriers.kinds) {
    const read = one.fromUrl?.(url)
    if (!read || (kind !== undefined && kind !== one.kind)) continue
    return judged({ kind: one, detail: { ...read.detail, ...detail }, secret: secret ?? (read.secret || undefined) })
  }
  return refuse('request.parameter_invalid', {
    parameter: 'url',
    expected: 'smpp://systemId:password@host:port or ssmpp:// for TLS',
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
