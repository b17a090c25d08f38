// What counts as one source where strangers are counted: an IPv4 address; of IPv6 the network that one subscriber has (RFC 6177, RFC 7934: a /64
// at least), since whoever has one address of it has them all.

import { isIPv6 } from 'node:net'

/** `203.0.113.9` as it is; `2001:db8:1:2:3::4` as `2001:db8:1:2::/64`. What is no address is given back. */
export function sourceNetwork(host: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(host)
  if (mapped) return mapped[1]!
  if (!isIPv6(host)) return host
  const [before = '', after] = host.split('%')[0]!.split('::')
  const head = before === '' ? [] : before.split(':')
  const tail = after === undefined || after === '' ? [] : after.split(':')
  // An IPv4 address at the end stands for two groups.
  const written = head.length + tail.length + (host.includes('.') ? 1 : 0)
  const groups = after === undefined ? head : [...head, ...Array.from({ length: 8 - written }, () => '0'), ...tail]
  const network = groups.slice(0, 4).map((group) => Number.parseInt(group, 16).toString(16))
  return `${network.join(':')}::/64`
}
