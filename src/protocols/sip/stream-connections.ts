// TCP and TLS connections: listening and dialling (RFC 3261 18, 26.3). Bytes are cut into messages by stream-framer.ts.

import net from 'node:net'
import tls from 'node:tls'
import type { Pipe } from './connection.ts'
import type { Parsed } from './message-codec.ts'
import type { Binding, SipAddress, SipStackOptions } from './stack-parts.ts'
import { StreamFramer } from './stream-framer.ts'

/** What the owner of a new connection hears of it; `accepted` answers it, or undefined to have the socket dropped. */
export interface ConnectionEars {
  received(parsed: Parsed, bytes: Buffer): void
  heard(): void
  pinged(): void
  ended(detail: string): void
}

export type Accepted = (pipe: Pipe, local: SipAddress, remote: SipAddress) => ConnectionEars | undefined

const doubleCrlf = Buffer.from('\r\n\r\n')

/** Listens for TCP, or TLS from 1.2 on with the binding's certificate. `accepted` hears of each connection; rejects when the port cannot be had. */
export function listenStream(binding: Binding, accepted: Accepted, faulted: (error: unknown) => void): Promise<net.Server> {
  const secure = binding.transport === 'tls'
  const taken = (socket: net.Socket): void => {
    const pipe = streamPipe(socket)
    const ears = accepted(pipe, ...addresses(socket, secure))
    if (ears) listenTo(socket, ears)
    else pipe.destroy()
  }
  const server = secure
    ? tls.createServer({ ...binding.tls, minVersion: binding.tls?.minVersion ?? 'TLSv1.2', handshakeTimeout: 10_000 }, taken)
    : net.createServer(taken)
  return listening(server, binding, faulted)
}

/** The server once it listens. Rejects when the port cannot be had; what goes wrong later is `faulted`. */
export function listening<S extends net.Server>(server: S, binding: Binding, faulted: (error: unknown) => void): Promise<S> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen({ port: binding.port ?? 0, host: binding.host ?? '127.0.0.1' }, () => {
      server.off('error', reject)
      server.on('error', faulted)
      resolve(server)
    })
  })
}

/** A connection of ours. Its socket connects by itself; what is written meanwhile waits in it. */
export function dialStream(
  to: { readonly transport: 'tcp' | 'tls'; readonly host: string; readonly port: number; readonly serverName: string },
  tlsOptions: SipStackOptions['tls'],
  accepted: Accepted,
): void {
  const { host, port, transport, serverName } = to
  const named = net.isIP(serverName) === 0 ? { servername: serverName } : {}
  const socket = transport === 'tls' ? tls.connect({ ...tlsOptions, ...named, host, port }) : net.connect({ host, port })
  const remote: SipAddress = { transport, host, port }
  const ears = accepted(streamPipe(socket), { transport, host: '', port: 0 }, remote)
  if (ears) listenTo(socket, ears)
  else socket.destroy()
}

function addresses(socket: net.Socket, secure: boolean): [local: SipAddress, remote: SipAddress] {
  const transport = secure ? 'tls' : 'tcp'
  return [
    { transport, host: plainHost(socket.localAddress), port: socket.localPort ?? 0 },
    { transport, host: plainHost(socket.remoteAddress), port: socket.remotePort ?? 0 },
  ]
}

/** An IPv4 peer of a socket that listens on `::` is shown as IPv4. */
export function plainHost(host: string | undefined): string {
  return host?.startsWith('::ffff:') ? host.slice(7) : (host ?? '')
}

function streamPipe(socket: net.Socket): Pipe {
  socket.setNoDelay(true)
  return {
    write: (bytes) => void socket.write(bytes),
    ping: () => void socket.write(doubleCrlf),
    destroy: () => {
      if (socket.connecting) socket.destroy()
      else socket.destroySoon()
    },
    cut: () => void socket.destroy(),
    get waitingBytes() {
      return socket.writableLength
    },
  }
}

function listenTo(socket: net.Socket, ears: ConnectionEars): void {
  const framer = new StreamFramer()
  socket.on('data', (chunk: Buffer) => {
    ears.heard()
    for (const { parsed, bytes, ping } of framer.push(chunk))
      if (ping) ears.pinged()
      else if (parsed) ears.received(parsed, bytes)
    if (framer.broken) ears.ended('what came is no SIP stream')
  })
  socket.on('error', (error) => ears.ended(error.message))
  socket.on('close', () => ears.ended('the peer closed the connection'))
}
