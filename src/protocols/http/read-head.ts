// What a request's head alone tells: whether it may be answered at all, and which path it means (RFC 9112 3).

import type { IncomingMessage } from 'node:http'
import { refusal, type Refusal } from '#reasons/refusal.ts'

/** The refusal that the head alone earns, if any. */
export function faultOfHead(
  req: IncomingMessage,
  url: string,
  limits: { readonly urlBytes: number; readonly headerBytes: number },
): Refusal | undefined {
  const { headers } = req
  if (url.length > limits.urlBytes) return refusal('request.url_too_long', { limitBytes: limits.urlBytes })
  // Node's parser has one bound for start line and headers together; each has its own here.
  if (headBytes(req.rawHeaders) > limits.headerBytes)
    return refusal('request.header_too_large', { limitBytes: limits.headerBytes })
  // RFC 9112 3.2: HTTP/1.1 needs exactly one Host.
  if (headers.host === undefined ? req.httpVersionMinor > 0 : headers.host.includes(',')) {
    return refusal('request.framing_invalid', { fault: 'there must be exactly one Host header' })
  }
  const encoding = headers['transfer-encoding']
  if (encoding === undefined) return undefined
  // RFC 9112 6.1 and 6.3: both together is how requests are smuggled.
  if (headers['content-length'] !== undefined) {
    return refusal('request.framing_invalid', { fault: 'Content-Length and Transfer-Encoding exclude each other' })
  }
  if (encoding.toLowerCase() !== 'chunked') {
    return refusal('request.framing_invalid', { fault: 'the only transfer encoding is chunked' })
  }
  return undefined
}

/** Names, values, and the four bytes that stand between and behind them. */
function headBytes(raw: readonly string[]): number {
  let bytes = raw.length * 2
  for (const text of raw) bytes += text.length
  return bytes
}

/** The path and query of a target in absolute form. */
export function originForm(url: string): string {
  const found = /^[a-z][a-z0-9+.-]*:\/\/[^/?#]*(.*)$/i.exec(url)
  if (!found) return url
  const rest = found[1] as string
  return rest.startsWith('/') ? rest : `/${rest}`
}

export function hostTable(hosts: Readonly<Record<string, string>>): ReadonlyMap<string, string> | undefined {
  const entries = Object.entries(hosts).map(([host, prefix]) => [host.toLowerCase(), prefix] as const)
  return entries.length > 0 ? new Map(entries) : undefined
}

/** For clients that can replace only scheme and host: the host name stands for the prefix. */
export function pathUnderHost(hosts: ReadonlyMap<string, string>, host: string | undefined, path: string): string {
  const prefix = host === undefined ? undefined : hosts.get(host.toLowerCase().replace(/:\d*$/, ''))
  return prefix === undefined || path === prefix || path.startsWith(`${prefix}/`) ? path : prefix + path
}
