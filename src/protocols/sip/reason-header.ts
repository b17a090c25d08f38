// The Reason header (RFC 3326): why a request or, by RFC 6432, a response was sent. One for each protocol: Q.850, SIP, or another's own.

import { parseParams, quote, readInteger, splitList, isToken } from './grammar.ts'
import type { SipHeaders } from './headers.ts'

export interface ReasonValue {
  /** As written: `SIP`, `Q.850`, `CPaaS`. */
  readonly protocol: string
  readonly cause?: number | undefined
  readonly text?: string | undefined
  /** Where in the network the cause arose (RFC 8606), for Q.850. */
  readonly location?: string | undefined
}

function parseOne(value: string): ReasonValue | undefined {
  const semicolon = value.indexOf(';')
  const protocol = (semicolon < 0 ? value : value.slice(0, semicolon)).trim()
  const params = semicolon < 0 ? new Map<string, string>() : parseParams(value, semicolon)
  if (!isToken(protocol) || params === undefined) return undefined
  const cause = params.get('cause')
  return { protocol, cause: readInteger(cause), text: params.get('text'), location: params.get('location') }
}

/** Every value of a line or of all Reason lines of a message, in order; those that cannot be read are left out. */
export function parseReasons(from: string | { readonly headers: SipHeaders } | SipHeaders): ReasonValue[] {
  const headers = typeof from === 'string' ? undefined : 'headers' in from ? from.headers : from
  const values = headers === undefined ? splitList(from as string) : headers.all('Reason')
  return values.map(parseOne).filter((reason) => reason !== undefined)
}

/** One value: `Q.850;cause=16;text="Normal call clearing"`. */
export function reasonText(reason: ReasonValue): string {
  let text = reason.protocol
  if (reason.cause !== undefined) text += `;cause=${reason.cause}`
  if (reason.text !== undefined) text += `;text=${quote(reason.text.replace(/[\r\n]+/g, ' '))}`
  if (reason.location !== undefined) text += `;location=${reason.location}`
  return text
}
