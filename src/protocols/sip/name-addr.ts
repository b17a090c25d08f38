// An address with a display name and parameters, as in From, To, Contact, Route (RFC 3261 20.10, 25.1). Without angle brackets everything
// after `;` belongs to the header, and the URI may hold no comma, question mark or semicolon. What the URI means is uri.ts.

import { paramsText, parseParams, quote, skipQuoted, tokenClass, unquote } from './grammar.ts'

export interface NameAddr {
  /** Without quotes and escapes; '' when there is none. */
  readonly display: string
  readonly uri: string
  /** Of the header, not of the URI; names in lower case, no value is ''. */
  readonly params: ReadonlyMap<string, string>
}

/** Beyond ASCII without quotes is no token, but phones send such names. */
const displayTokens = new RegExp(`^[${tokenClass}\\u0080-\\uffff \\t]*$`)
const absoluteUri = /^[A-Za-z][A-Za-z0-9+.-]*:[^\s<>"]+$/

/** Undefined when it is not one address. `*` is none (RFC 3261 10.2.2). */
export function parseNameAddr(text: string): NameAddr | undefined {
  let display = ''
  let at = 0
  if (text.charCodeAt(0) === 0x22) {
    at = skipQuoted(text, 0)
    if (at < 0) return undefined
    display = unquote(text.slice(0, at))
  }
  const open = text.indexOf('<', at)
  if (open < 0) return at === 0 ? addrSpec(text) : undefined
  const before = text.slice(at, open)
  if (at > 0 ? before.trim() !== '' : !displayTokens.test(before)) return addrSpecOrNone(text, at)
  if (at === 0) display = before.trim().replace(/[ \t]+/g, ' ')
  const close = text.indexOf('>', open)
  if (close < 0) return undefined
  const uri = text.slice(open + 1, close)
  if (!absoluteUri.test(uri)) return undefined
  const params = parseParams(text, close + 1)
  return params && { display, uri, params }
}

/** A `<` may also stand within a quoted parameter of an address without brackets. */
const addrSpecOrNone = (text: string, at: number): NameAddr | undefined =>
  at === 0 && text.lastIndexOf('"', text.indexOf('<')) >= 0 ? addrSpec(text) : undefined

function addrSpec(text: string): NameAddr | undefined {
  const semicolon = text.indexOf(';')
  const uri = (semicolon < 0 ? text : text.slice(0, semicolon)).trim()
  // 20.10: a URI with a comma, question mark or semicolon must stand in brackets.
  if (!absoluteUri.test(uri) || uri.includes(',') || uri.includes('?')) return undefined
  const params = semicolon < 0 ? new Map<string, string>() : parseParams(text, semicolon)
  return params && { display: '', uri, params }
}

/** Always with angle brackets; the display name in quotes. */
export function nameAddrText(address: { display?: string; uri: string; params?: ReadonlyMap<string, string> }): string {
  const params = address.params === undefined ? '' : paramsText(address.params)
  return `${address.display ? `${quote(address.display)} ` : ''}<${address.uri}>${params}`
}
