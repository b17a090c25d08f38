// A host and a port in one text, as URIs, Via and the logs have it (RFC 3986 3.2.2): an IPv6 address stands in brackets there and nowhere else.
// What a host may be is not judged here.

/** As it stands before a port: `[2001:db8::1]`; names and IPv4 as they are. */
export const bracketed = (host: string): string => (host.includes(':') && !host.startsWith('[') ? `[${host}]` : host)

/** As sockets and lookups want it: `2001:db8::1`. */
export const unbracketed = (host: string): string => (host.startsWith('[') && host.endsWith(']') ? host.slice(1, -1) : host)

export const hostPort = (host: string, port: number): string => `${bracketed(host)}:${port}`

/** What `hostPort` wrote; undefined when there is no port. */
export function readHostPort(text: string): { readonly host: string; readonly port: number } | undefined {
  const found = /^(.*):(\d{1,5})$/.exec(text)
  return found === null ? undefined : { host: unbracketed(found[1]!), port: Number(found[2]) }
}
