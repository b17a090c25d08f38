// Which addresses a request of ours may go to: those of the public Internet, by the special-purpose registries of
// RFC 6890 and its updates. IPv6 is the other way round: only 2000::/3 is given out to anybody, so all else is refused.
// An address that carries another (mapped, NAT64, 6to4) is judged by both. Knows no names and opens nothing.

import { BlockList, isIP } from 'node:net'

/** Why an address is not public; `public` is the only word for yes. */
export type AddressKind = 'public' | 'loopback' | 'private' | 'link-local' | 'metadata' | 'multicast' | 'reserved'

interface Block {
  readonly base: number
  readonly bits: number
  readonly kind: AddressKind
}

const ipv4Bits = (text: string): number => text.split('.').reduce((sum, part) => sum * 256 + Number(part), 0)

const block = (cidr: string, kind: AddressKind): Block => {
  const [base = '', bits = '32'] = cidr.split('/')
  return { base: ipv4Bits(base), bits: Number(bits), kind }
}

/** The narrower ones first. */
const ipv4Blocks: readonly Block[] = [
  // Where clouds tell a machine its credentials. The second is in nobody's private range.
  block('169.254.169.254/32', 'metadata'),
  block('168.63.129.16/32', 'metadata'),
  block('100.100.100.200/32', 'metadata'),
  block('192.0.0.192/32', 'metadata'),
  block('0.0.0.0/8', 'reserved'), // RFC 1122 3.2.1.3: this network; some systems take it for loopback
  block('10.0.0.0/8', 'private'), // RFC 1918
  block('100.64.0.0/10', 'private'), // RFC 6598, carrier-grade NAT
  block('127.0.0.0/8', 'loopback'),
  block('169.254.0.0/16', 'link-local'), // RFC 3927
  block('172.16.0.0/12', 'private'),
  block('192.0.0.0/24', 'reserved'), // RFC 6890 2.1
  block('192.0.2.0/24', 'reserved'), // RFC 5737, documentation
  block('192.88.99.0/24', 'reserved'), // RFC 7526, 6to4 relays of old
  block('192.168.0.0/16', 'private'),
  block('198.18.0.0/15', 'reserved'), // RFC 2544, benchmarks
  block('198.51.100.0/24', 'reserved'),
  block('203.0.113.0/24', 'reserved'),
  block('224.0.0.0/4', 'multicast'),
  block('240.0.0.0/4', 'reserved'), // also broadcast
]

function kindOfIpv4(bits: number): AddressKind {
  const found = ipv4Blocks.find(
    ({ base, bits: length }) => Math.floor(bits / 2 ** (32 - length)) === Math.floor(base / 2 ** (32 - length)),
  )
  return found?.kind ?? 'public'
}

/** The eight groups of an IPv6 address that `isIP` took; a zone is not part of it. */
function groupsOf(text: string): number[] {
  const plain = text.split('%')[0]!
  // RFC 4291 2.2: the last 32 bits may stand in dotted form.
  const dotted = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(plain)
  const low = dotted ? ipv4Bits(dotted[2]!) : 0
  const whole = dotted ? `${dotted[1]}${Math.floor(low / 65_536).toString(16)}:${(low % 65_536).toString(16)}` : plain
  const [head = '', tail] = whole.split('::')
  const read = (part: string): number[] => (part === '' ? [] : part.split(':').map((group) => Number.parseInt(group, 16)))
  const [first, last] = [read(head), read(tail ?? '')]
  return tail === undefined ? first : [...first, ...Array<number>(8 - first.length - last.length).fill(0), ...last]
}

function kindOfIpv6(text: string): AddressKind {
  const groups = groupsOf(text)
  const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = groups
  const low = kindOfIpv4(g * 65_536 + h)
  const zeros = a + b + c + d + e === 0
  if (zeros && f === 0 && g === 0 && h <= 1) return h === 1 ? 'loopback' : 'reserved'
  if (zeros && f === 0xffff) return low // RFC 4291 2.5.5.2: mapped
  if (zeros && f === 0) return notPublic(low) // 2.5.5.1: compatible, long out of use
  if (a === 0x64 && b === 0xff9b && c + d + e + f === 0) return low // RFC 6052: NAT64
  if (a === 0x2002) return notPublic(kindOfIpv4(b * 65_536 + c)) // RFC 3056: 6to4, its relays are gone
  if (a === 0xfd00 && b === 0x0ec2) return 'metadata'
  if (a >= 0xfe80 && a <= 0xfebf) return 'link-local'
  if (a >= 0xfc00 && a <= 0xfdff) return 'private' // RFC 4193
  if (a >= 0xfec0 && a <= 0xfeff) return 'private' // RFC 3879: site-local of old
  if (a >= 0xff00) return 'multicast'
  if (a < 0x2000 || a > 0x3fff) return 'reserved'
  if (a === 0x2001 && (b < 0x200 || b === 0xdb8)) return 'reserved' // RFC 2928, Teredo and benchmarks among them; RFC 3849
  if (a === 0x3fff && b < 0x1000) return 'reserved' // RFC 9637, documentation
  return 'public'
}

const notPublic = (kind: AddressKind): AddressKind => (kind === 'public' ? 'reserved' : kind)

/** What kind of address a text is; what is no address is `reserved`. */
export function kindOfAddress(text: string): AddressKind {
  const family = isIP(text)
  if (family === 4) return kindOfIpv4(ipv4Bits(text))
  return family === 6 ? kindOfIpv6(text) : 'reserved'
}

/** What the operator allows besides the public: addresses, CIDR blocks, host names, `*.` for all below a name. */
export class AllowList {
  readonly #addresses = new BlockList()
  readonly #hosts = new Set<string>()
  readonly #suffixes: string[] = []

  /** Throws a TypeError that says what an entry may be. */
  constructor(entries: readonly string[]) {
    for (const entry of entries) this.#add(entry.trim().toLowerCase())
  }

  #add(entry: string): void {
    const [address = '', prefix] = entry.split('/')
    const family = isIP(address)
    if (family > 0) {
      const longest = family === 4 ? 32 : 128
      const bits = prefix === undefined ? longest : /^\d{1,3}$/.test(prefix) ? Number(prefix) : -1
      if (bits < 0 || bits > longest) throw new TypeError(allowedEntries)
      this.#addresses.addSubnet(address, bits, family === 4 ? 'ipv4' : 'ipv6')
      return
    }
    if (!/^(?:\*\.)?(?=.{1,253}$)[a-z0-9_](?:[a-z0-9_-]*)(?:\.[a-z0-9_-]+)*$/.test(entry)) throw new TypeError(allowedEntries)
    if (entry.startsWith('*.')) this.#suffixes.push(entry.slice(1))
    else this.#hosts.add(entry)
  }

  hasHost(host: string): boolean {
    return this.#hosts.has(host) || this.#suffixes.some((suffix) => host.endsWith(suffix))
  }

  hasAddress(address: string): boolean {
    const plain = address.split('%')[0]!
    return this.#addresses.check(plain, isIP(plain) === 6 ? 'ipv6' : 'ipv4')
  }
}

const allowedEntries =
  'addresses, CIDR blocks and host names, such as 10.1.0.0/16, hooks.internal or *.internal, separated by commas'
