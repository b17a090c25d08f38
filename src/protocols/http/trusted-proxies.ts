// Who really asks: the client's address and whether it spoke TLS, as told by proxies that are trusted by name.
// X-Forwarded-For and -Proto, else Forwarded (RFC 7239). From anyone else these headers are ignored.

import { BlockList, isIP, isIPv4, type Socket } from 'node:net'

interface Peer {
  readonly source: string
  readonly secure: boolean
}

type Headers = Readonly<Record<string, string | undefined>>

export class TrustedProxies {
  readonly #list = new BlockList()
  readonly #peers = new WeakMap<Socket, Peer & { trusted: boolean }>()

  /** Addresses and CIDR blocks; throws a TypeError that names the wrong one. */
  constructor(entries: readonly string[]) {
    for (const entry of entries) addEntry(this.#list, entry)
  }

  peer(socket: Socket, headers: Headers): Peer {
    let direct = this.#peers.get(socket)
    if (!direct) {
      const source = plainAddress(socket.remoteAddress ?? '')
      direct = { source, secure: 'encrypted' in socket, trusted: this.#trusts(source) }
      this.#peers.set(socket, direct)
    }
    return direct.trusted ? this.#forwarded(direct, headers) : direct
  }

  #trusts(address: string): boolean {
    return isIP(address) > 0 && this.#list.check(address, isIPv4(address) ? 'ipv4' : 'ipv6')
  }

  /** From the right, the first address that is not a trusted proxy: nobody but a trusted one wrote it. */
  #forwarded(direct: Peer, headers: Headers): Peer {
    const hops = hopsOf(headers)
    if (hops.length === 0) {
      const proto = headers['x-forwarded-proto']?.split(',').at(-1)?.trim().toLowerCase()
      return proto === undefined ? direct : { source: direct.source, secure: proto === 'https' }
    }
    let found: Peer = direct
    for (const hop of hops.toReversed()) {
      // What is no address (`unknown`, `_hidden`) ends the chain at the proxy that wrote it.
      if (isIP(hop.address) === 0) break
      found = { source: hop.address, secure: hop.proto === undefined ? found.secure : hop.proto === 'https' }
      if (!this.#trusts(hop.address)) break
    }
    return found
  }
}

interface Hop {
  readonly address: string
  readonly proto: string | undefined
}

function hopsOf(headers: Headers): Hop[] {
  const forwardedFor = headers['x-forwarded-for']
  if (forwardedFor !== undefined) {
    const protos = (headers['x-forwarded-proto'] ?? '').split(',').map((proto) => proto.trim().toLowerCase())
    const addresses = forwardedFor.split(',').map((text) => plainAddress(text.trim()))
    return addresses.map((address, index) => ({
      address,
      // One value for a whole chain is the usual case: the last proxy wrote it.
      proto: (protos.length === addresses.length ? protos[index] : protos.at(-1)) || undefined,
    }))
  }
  const forwarded = headers.forwarded
  if (forwarded === undefined) return []
  return forwarded.split(',').map((element) => {
    let address = ''
    let proto: string | undefined
    for (const pair of element.split(';')) {
      const [name = '', value = ''] = pair.split(/=(.*)/s)
      const plain = value.trim().replaceAll('"', '')
      if (name.trim().toLowerCase() === 'for') address = plainAddress(plain)
      if (name.trim().toLowerCase() === 'proto') proto = plain.toLowerCase()
    }
    return { address, proto }
  })
}

/** Without brackets, port, zone and the v4-in-v6 prefix. */
function plainAddress(text: string): string {
  let address = text
  const bracketed = /^\[([^\]]*)\](?::\d+)?$/.exec(address)
  if (bracketed) address = bracketed[1] as string
  else if (/^\d+\.\d+\.\d+\.\d+:\d+$/.test(address)) address = address.slice(0, address.indexOf(':'))
  const zone = address.indexOf('%')
  if (zone >= 0) address = address.slice(0, zone)
  return /^::ffff:\d+\.\d+\.\d+\.\d+$/i.test(address) ? address.slice(7) : address
}

function addEntry(list: BlockList, entry: string): void {
  const [address = '', prefix] = entry.trim().split('/')
  const family = isIP(address) === 4 ? 'ipv4' : 'ipv6'
  const longest = family === 'ipv4' ? 32 : 128
  const bits = prefix === undefined ? longest : /^\d{1,3}$/.test(prefix) ? Number(prefix) : -1
  if (isIP(address) === 0 || bits < 0 || bits > longest) {
    throw new TypeError(`${entry} is neither an address nor a CIDR block`)
  }
  list.addSubnet(address, bits, family)
}
