// The small words of SIP's grammar (RFC 3261 25.1) that several headers share: tokens, quoted strings, hosts, comma lists, parameters.

/** What a token may consist of, for use in a character class. */
export const tokenClass = "A-Za-z0-9\\-.!%*_+`'~"
const token = new RegExp(`^[${tokenClass}]+$`)
const dotted = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/
const hostname = /^(?:[A-Za-z0-9_](?:[A-Za-z0-9_-]*[A-Za-z0-9_])?\.)*[A-Za-z0-9_](?:[A-Za-z0-9_-]*[A-Za-z0-9_])?\.?$/

export const isToken = (text: string): boolean => token.test(text)

/** Sixteen octets in hexadecimal groups, the last two perhaps as IPv4; no brackets, no zone (RFC 3986 3.2.2, RFC 5954). */
function isIpv6(text: string): boolean {
  if (text.length > 45 || !/^[0-9A-Fa-f:.]+$/.test(text)) return false
  const halves = text.split('::')
  if (halves.length > 2) return false
  let groups = 0
  for (const [half, piece] of halves.entries()) {
    if (piece === '') continue
    const parts = piece.split(':')
    for (const [at, part] of parts.entries()) {
      if (part.includes('.')) {
        if (at < parts.length - 1 || half < halves.length - 1 || !isIpv4(part)) return false
        groups += 2
      } else {
        if (part.length === 0 || part.length > 4) return false
        groups++
      }
    }
  }
  return halves.length === 2 ? groups < 8 : groups === 8
}

function isIpv4(text: string): boolean {
  const parts = dotted.exec(text)
  return parts !== null && parts.slice(1).every((part) => Number(part) < 256)
}

/**
 * A name, an IPv4 address, or an IPv6 address in brackets; undefined when it is none. Underscores are let through: networks use them. The
 * third colon that RFC 3261's own grammar allowed before an IPv4 address is taken off (RFC 5118 4.10).
 */
export function readHost(text: string): string | undefined {
  if (text.charCodeAt(0) !== 0x5b) return text.length < 256 && hostname.test(text) ? text : undefined
  const host = text.replace(/:::(?=[\d.]+\]$)/, '::')
  return host.endsWith(']') && isIpv6(host.slice(1, -1)) ? host : undefined
}

/** A number of at most `max`, digits only; undefined for anything else. */
export function readInteger(text: string | undefined, max = 0xffffffff): number | undefined {
  if (text === undefined || !/^\d{1,24}$/.test(text)) return undefined
  const value = Number(text)
  return value <= max ? value : undefined
}

/** The position after the quoted string that begins at `at`, or -1 when it has no end. */
export function skipQuoted(text: string, at: number): number {
  for (let next = at + 1; next < text.length; next++) {
    const code = text.charCodeAt(next)
    if (code === 0x5c) next++
    else if (code === 0x22) return next + 1
  }
  return -1
}

/** The text of a quoted string without its quotes and escapes. */
export const unquote = (quoted: string): string => {
  const inner = quoted.slice(1, -1)
  return inner.includes('\\') ? inner.replace(/\\([^])/g, '$1') : inner
}

/** A quoted string of any text but line breaks, which headers.ts takes out. */
export const quote = (text: string): string => `"${text.replace(/["\\]/g, '\\$&')}"`

/** The elements of a comma list, trimmed. Commas in quoted strings and in angle brackets do not count; empty elements stay. */
export function splitList(text: string): string[] {
  const elements: string[] = []
  let from = 0
  let inBrackets = false
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === 0x22 && !inBrackets) {
      const end = skipQuoted(text, at)
      if (end < 0) break
      at = end - 1
    } else if (code === 0x3c) inBrackets = true
    else if (code === 0x3e) inBrackets = false
    else if (code === 0x2c && !inBrackets) {
      elements.push(text.slice(from, at).trim())
      from = at + 1
    }
  }
  elements.push(text.slice(from).trim())
  return elements
}

const param = new RegExp(
  `[ \\t]*;[ \\t]*([${tokenClass}]+)(?:[ \\t]*=[ \\t]*(?:([${tokenClass}:\\[\\]/?@&$]+)|("(?:[^"\\\\]|\\\\[^])*")))?[ \\t]*`,
  'y',
)

const none: ReadonlyMap<string, string> = new Map()

/**
 * The parameters `;name=value` from `at` to the end of `text`; undefined when it is not that. Names in lower case; a quoted value without its
 * quotes; a parameter without a value is ''. Of two with one name the first counts.
 */
export function parseParams(text: string, at: number): ReadonlyMap<string, string> | undefined {
  if (at >= text.length) return none
  const params = new Map<string, string>()
  while (at < text.length) {
    param.lastIndex = at
    const found = param.exec(text)
    if (found === null) return undefined
    at = param.lastIndex
    const name = found[1]!.toLowerCase()
    if (!params.has(name)) params.set(name, found[2] ?? (found[3] === undefined ? '' : unquote(found[3])))
  }
  return params
}

const plain = new RegExp(`^[${tokenClass}:\\[\\]/?@&$]+$`)

/** The parameters as they are written; values that are not tokens or hosts in quotes. */
export function paramsText(params: ReadonlyMap<string, string>): string {
  let text = ''
  for (const [name, value] of params) text += value === '' ? `;${name}` : `;${name}=${plain.test(value) ? value : quote(value)}`
  return text
}
