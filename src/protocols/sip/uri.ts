// SIP and SIPS URIs (RFC 3261 19.1, 25.1; IPv6 by RFC 5118 4) and the numbers in tel URIs (RFC 3966). Any other scheme is read as none.
// User, password, parameters and headers are held without their escapes and are written with those the grammar asks for.

import { readHost, readInteger } from './grammar.ts'

export interface SipUri {
  readonly scheme: 'sip' | 'sips'
  readonly user?: string | undefined
  readonly password?: string | undefined
  /** As written; IPv6 in its brackets. */
  readonly host: string
  readonly port?: number | undefined
  /** Names in lower case; no value is ''. */
  readonly params: ReadonlyMap<string, string>
  /** `?name=value` in order. */
  readonly headers: readonly (readonly [name: string, value: string])[]
}

const unreserved = "A-Za-z0-9\\-_.!~*'()"
const userChars = `(?:[${unreserved}&=+$,;?/]|%[0-9A-Fa-f]{2})`
const passwordChars = `(?:[${unreserved}&=+$,]|%[0-9A-Fa-f]{2})`
const paramChars = `(?:[${unreserved}\\[\\]/:&+$]|%[0-9A-Fa-f]{2})`
const headerChars = `(?:[${unreserved}\\[\\]/?:+$]|%[0-9A-Fa-f]{2})`
const sip = new RegExp(
  `^(sips?):(?:(${userChars}+)(?::(${passwordChars}*))?@)?(\\[[^\\]]*\\]|[A-Za-z0-9_.-]+)(?::(\\d{1,5}))?` +
    `((?:;${paramChars}+(?:=${paramChars}+)?)*)(\\?${headerChars}+=${headerChars}*(?:&${headerChars}+=${headerChars}*)*)?$`,
  'i',
)

/** Octets that are no UTF-8 are read as Latin-1, so that they can at least be shown. */
function unescape(text: string): string {
  if (!text.includes('%')) return text
  try {
    return decodeURIComponent(text)
  } catch {
    return text.replace(/%([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)))
  }
}

const escapeBut = (allowed: RegExp) => (text: string) =>
  allowed.test(text) ? text : [...text].map((char) => (allowed.test(char) ? char : percent(char))).join('')
const percent = (char: string): string =>
  [...Buffer.from(char)].map((octet) => `%${octet.toString(16).toUpperCase().padStart(2, '0')}`).join('')
/** The user part of a URI as it is written. */
export const escapeUser = escapeBut(new RegExp(`^[${unreserved}&=+$,;?/]*$`))
const escapePassword = escapeBut(new RegExp(`^[${unreserved}&=+$,]*$`))
const escapeParam = escapeBut(new RegExp(`^[${unreserved}\\[\\]/:&+$]*$`))
const escapeHeader = escapeBut(new RegExp(`^[${unreserved}\\[\\]/?:+$]*$`))

const none: ReadonlyMap<string, string> = new Map()

/** Undefined when it is no SIP or SIPS URI. */
export function parseUri(text: string): SipUri | undefined {
  const found = sip.exec(text)
  if (found === null) return undefined
  const [, scheme, user, password, written, digits, params, headers] = found
  const host = readHost(written!)
  const port = digits === undefined ? undefined : readInteger(digits, 65535)
  if (host === undefined || (digits !== undefined && port === undefined)) return undefined
  return {
    scheme: scheme!.toLowerCase() as SipUri['scheme'],
    user: user === undefined ? undefined : unescape(user),
    password: password === undefined ? undefined : unescape(password),
    host,
    port,
    params: params === '' ? none : readParams(params!),
    headers: headers === undefined ? [] : headers.slice(1).split('&').map(readPair),
  }
}

function readParams(text: string): ReadonlyMap<string, string> {
  const params = new Map<string, string>()
  for (const piece of text.slice(1).split(';')) {
    const [name, value] = readPair(piece)
    if (!params.has(name.toLowerCase())) params.set(name.toLowerCase(), value)
  }
  return params
}

function readPair(piece: string): readonly [string, string] {
  const equals = piece.indexOf('=')
  return equals < 0 ? [unescape(piece), ''] : [unescape(piece.slice(0, equals)), unescape(piece.slice(equals + 1))]
}

/** As it is written (19.1.1), with the escapes that each part needs. */
export function uriText(uri: SipUri): string {
  let text = `${uri.scheme}:`
  if (uri.user !== undefined) {
    text += escapeUser(uri.user)
    if (uri.password !== undefined) text += `:${escapePassword(uri.password)}`
    text += '@'
  }
  text += uri.host
  if (uri.port !== undefined) text += `:${uri.port}`
  for (const [name, value] of uri.params) text += `;${escapeParam(name)}${value === '' ? '' : `=${escapeParam(value)}`}`
  const headers = uri.headers.map(([name, value]) => `${escapeHeader(name)}=${escapeHeader(value)}`)
  return headers.length === 0 ? text : `${text}?${headers.join('&')}`
}

/** 19.1.4: these count even when only one of the two has them; any other parameter only when both have it. */
const decisive = ['user', 'ttl', 'method', 'maddr', 'transport']

/** Equal by RFC 3261 19.1.4: a default is not the same as its absence, order does not matter, case does in the user part alone. */
export function sameUri(a: SipUri, b: SipUri): boolean {
  if (a.scheme !== b.scheme || a.user !== b.user || a.password !== b.password || a.port !== b.port) return false
  if (a.host.toLowerCase() !== b.host.toLowerCase()) return false
  if (!decisive.every((name) => a.params.get(name)?.toLowerCase() === b.params.get(name)?.toLowerCase())) return false
  for (const [name, value] of a.params) {
    const other = b.params.get(name)
    if (other !== undefined && other.toLowerCase() !== value.toLowerCase()) return false
  }
  const sorted = (uri: SipUri): string =>
    JSON.stringify(uri.headers.map(([name, value]) => [name.toLowerCase(), value]).toSorted((x, y) => (x[0]! < y[0]! ? -1 : 1)))
  return sorted(a) === sorted(b)
}

export interface TelUri {
  /** As written without visual separators: `+447700900123`, or a local number. */
  readonly number: string
  readonly params: ReadonlyMap<string, string>
}

/** `tel:+44-7700-900123;phone-context=...` (RFC 3966 3). Undefined when it is none. */
export function parseTel(text: string): TelUri | undefined {
  const found = new RegExp(`^tel:(\\+?[0-9A-Fa-f*#.()-]+)((?:;${paramChars}+(?:=${paramChars}+)?)*)$`, 'i').exec(text)
  const number = found?.[1]!.replace(/[.()-]/g, '')
  return found && number && number !== '+' ? { number, params: found[2] === '' ? none : readParams(found[2]!) } : undefined
}
