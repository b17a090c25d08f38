// One value of a Via header (RFC 3261 20.42, RFC 3581 for rport, RFC 5118 4.5 for addresses without brackets in `received`).

import { paramsText, parseParams, readHost, readInteger, tokenClass } from './grammar.ts'

export interface Via {
  /** `SIP/2.0`. */
  readonly protocol: string
  /** As written, in upper case: `UDP`, `TLS`, `WSS`. */
  readonly transport: string
  /** A name, or an address; IPv6 in its brackets. */
  readonly host: string
  readonly port: number | undefined
  /** Names in lower case; `rport` without a value is ''. */
  readonly params: ReadonlyMap<string, string>
}

const sentBy = new RegExp(
  `^([${tokenClass}]+)[ \\t]*/[ \\t]*([${tokenClass}]+)[ \\t]*/[ \\t]*([${tokenClass}]+)[ \\t]+(\\[[^\\]]*\\]|[^\\s;:,\\[\\]]+)[ \\t]*(?::[ \\t]*(\\d+)[ \\t]*)?`,
)

/** Undefined when it is not a Via value. */
export function parseVia(text: string): Via | undefined {
  const found = sentBy.exec(text)
  const host = found === null ? undefined : readHost(found[4]!)
  if (found === null || host === undefined) return undefined
  const port = found[5] === undefined ? undefined : readInteger(found[5], 65535)
  const params = parseParams(text, found[0].length)
  if (params === undefined || (found[5] !== undefined && port === undefined)) return undefined
  return {
    protocol: `${found[1]!.toUpperCase()}/${found[2]!}`,
    transport: found[3]!.toUpperCase(),
    host,
    port,
    params,
  }
}

/** As it is written in the header. */
export function viaText(via: Via): string {
  return `${via.protocol}/${via.transport} ${via.host}${via.port === undefined ? '' : `:${via.port}`}${paramsText(via.params)}`
}
