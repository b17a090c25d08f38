// All sockets of a stack: what is bound, what is connected, and how a target is reached (RFC 3261 18.1.1, 18.2.1; RFC 5923 without its alias: a
// connection of a peer is used for requests only by those who hold its flow).

import type { Server } from 'node:net'
import { isIPv6 } from 'node:net'
import { networkInterfaces } from 'node:os'
import type { Clock } from '#values/clock.ts'
import { bracketed, hostPort } from '#values/host-port.ts'
import { Connection, type Pipe } from './connection.ts'
import type { Target } from './locate.ts'
import { type Parsed, parseMessage } from './message-codec.ts'
import type { Binding, Flow, SipAddress, SipStackOptions, TransportName } from './stack-parts.ts'
import { isWebSocket } from './transport-names.ts'
import { dialStream, listenStream, type Accepted, type ConnectionEars } from './stream-connections.ts'
import { UdpFlow, UdpSocket } from './udp-socket.ts'
import { UnknownConnections } from './unknown-connections.ts'
import { dialWebSocket, listenWebSocket } from './websocket-connections.ts'

interface Bound {
  readonly binding: Binding
  readonly local: SipAddress
  readonly udp: UdpSocket | undefined
  readonly server: Server | undefined
  /** What peers are told, where it is the same for all. */
  readonly fixed?: string | undefined
}

export interface TransportsOptions {
  readonly clock: Clock
  readonly idleMs: number
  readonly pingMs: number
  readonly pongMs: number
  readonly maxConnections: number
  readonly maxUnknownOfSource: number
  readonly unknownMs: number
  readonly tls: SipStackOptions['tls']
  readonly received: (parsed: Parsed, bytes: Buffer, flow: Flow) => void
  readonly faulted: (error: unknown) => void
}

export class Transports {
  readonly #options: TransportsOptions
  readonly #bound: Bound[] = []
  readonly #connections = new Set<Connection>()
  /** Connections of ours by whom they reach. */
  readonly #dialled = new Map<string, Connection>()
  readonly #unknown: UnknownConnections
  #number = 0
  #taken = 0

  constructor(options: TransportsOptions) {
    this.#options = options
    this.#unknown = new UnknownConnections(Math.ceil(options.maxConnections / 2), options.maxUnknownOfSource)
  }

  get addresses(): readonly SipAddress[] {
    return this.#bound.map(({ local }) => local)
  }

  get connectionCount(): number {
    return this.#connections.size
  }

  async listen(binding: Binding): Promise<void> {
    const { transport, host = '127.0.0.1', port = 0 } = binding
    const { received, faulted } = this.#options
    if (transport === 'udp') {
      const udp = await UdpSocket.open(host, port, (bytes, flow) => received(parseMessage(bytes), bytes, flow), faulted)
      const { advertised } = binding
      const at = hostPort(advertised?.host ?? udp.local.host, advertised?.port ?? udp.local.port)
      const fixed = !advertised && isWildcard(udp.local.host) ? undefined : at
      this.#bound.push({ binding, local: udp.local, udp, server: undefined, fixed })
      return
    }
    const accepted: Accepted = (pipe, local, remote) => this.#accept(transport, pipe, local, remote)
    const server = await (isWebSocket(transport) ? listenWebSocket : listenStream)(binding, accepted, faulted)
    const at = server.address()
    const local = typeof at === 'object' && at ? { transport, host: at.address, port: at.port } : { transport, host, port }
    this.#bound.push({ binding, local, udp: undefined, server: server as Server })
  }

  /** The flow to a target; for connections the one that is there, or a new one. Undefined when no socket of ours can reach it. */
  flowTo(target: Target): Flow | undefined {
    const { transport, host, port, serverName } = target
    if (transport === 'udp') {
      const socket = this.#bound.find(({ udp }) => udp && isIPv6(udp.local.host) === isIPv6(host))?.udp
      return socket && new UdpFlow(socket, host, port)
    }
    const key = `${transport} ${host} ${port} ${serverName}`
    const there = this.#dialled.get(key)
    if (there?.open) return there
    let dialled: Connection | undefined
    const accepted: Accepted = (pipe, local, remote) => {
      dialled = this.#connection(transport, pipe, local, remote, { pingMs: this.#options.pingMs, unknownMs: 0 })
      return this.#ears(dialled)
    }
    if (isWebSocket(transport)) dialWebSocket({ transport, host, port, serverName }, this.#options.tls, accepted)
    else dialStream({ transport, host, port, serverName }, this.#options.tls, accepted)
    if (!dialled) return undefined
    const made = dialled
    this.#dialled.set(key, made)
    made.onClosed(() => this.#dialled.get(key) === made && this.#dialled.delete(key))
    return made
  }

  has(transport: TransportName): boolean {
    return this.#bound.some(({ local }) => local.transport === transport)
  }

  /** `host:port` under which the peer of this flow reaches us; without a port where it does so over this connection alone. */
  sentBy(flow: Flow): string {
    const { transport, local, remote } = flow
    // What stands for all peers of a UDP socket is made once: it is asked for with each message.
    if (transport === 'udp') {
      for (const one of this.#bound) if (one.local === local && one.fixed !== undefined) return one.fixed
    }
    const rivals = this.#bound.filter((one) => one.local.transport === transport)
    const bound = rivals.find((one) => one.local.port === local.port) ?? rivals[0]
    const advertised = bound?.binding.advertised
    const port = advertised?.port ?? bound?.local.port ?? local.port
    if (advertised) return hostPort(advertised.host, port)
    const named = flow.transport === 'udp' || local.host === '' ? (bound?.local.host ?? local.host) : local.host
    const host = named === '' || isWildcard(named) ? ownAddress(remote.host) : named
    return port === 0 ? bracketed(host) : hostPort(host, port)
  }

  async close(): Promise<void> {
    for (const connection of this.#connections) connection.close()
    await Promise.all(
      this.#bound.splice(0).map(({ udp, server }) => {
        if (udp) return udp.close()
        return new Promise<void>((resolve) => {
          server!.close(() => resolve())
          if ('closeAllConnections' in server!) (server.closeAllConnections as () => void)()
        })
      }),
    )
  }

  #accept(transport: TransportName, pipe: Pipe, local: SipAddress, remote: SipAddress): ConnectionEars | undefined {
    const { maxConnections, unknownMs } = this.#options
    if (this.#taken >= maxConnections && !this.#unknown.endOldest()) return undefined
    this.#taken++
    // The peer keeps it alive (RFC 5626 4.4.1), but a browser cannot ping by itself.
    const pingMs = isWebSocket(transport) ? this.#options.pingMs : 0
    const connection = this.#connection(transport, pipe, local, remote, { pingMs, unknownMs })
    connection.vouched = () => this.#unknown.remove(connection)
    connection.onClosed(() => {
      this.#taken--
      this.#unknown.remove(connection)
    })
    this.#unknown.add(connection)
    return this.#ears(connection)
  }

  #connection(
    transport: TransportName,
    pipe: Pipe,
    local: SipAddress,
    remote: SipAddress,
    times: { readonly pingMs: number; readonly unknownMs: number },
  ): Connection {
    const { clock, idleMs, pongMs } = this.#options
    const connection = new Connection({ clock, transport, local, remote, pipe, number: ++this.#number, idleMs, pongMs, ...times })
    this.#connections.add(connection)
    connection.onClosed(() => this.#connections.delete(connection))
    return connection
  }

  #ears(connection: Connection): ConnectionEars {
    return {
      received: (parsed, bytes) => this.#options.received(parsed, bytes, connection),
      heard: () => connection.heard(),
      pinged: () => connection.pinged(),
      ended: (detail) => connection.ended(detail),
    }
  }
}

const isWildcard = (host: string): boolean => host === '0.0.0.0' || host === '::'

/** The address of this machine that a peer there most likely reaches. */
function ownAddress(remote: string): string {
  const family = isIPv6(remote) ? 'IPv6' : 'IPv4'
  const isNear = remote === '::1' || remote.startsWith('127.')
  const all = Object.values(networkInterfaces()).flatMap((one) => one ?? [])
  const fit = all.find((one) => one.family === family && one.internal === isNear && !one.address.startsWith('fe80'))
  return fit?.address ?? (family === 'IPv6' ? '::1' : '127.0.0.1')
}
