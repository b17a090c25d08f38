// Takes connections of ESMEs over TCP or TLS and makes a session of each. Who they are, and whether they may, is asked of the caller.

import { createServer as createTcpServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { createServer as createTlsServer, type TlsOptions } from 'node:tls'
import type { SessionHooks, SessionOptions } from './session-parts.ts'
import { Session } from './session.ts'

const handshakeMs = 10_000
const patienceMs = 2_000

export interface Peer {
  readonly address: string
  readonly port: number
}

export interface ListenOptions {
  readonly host: string
  /** 0 takes a free one. */
  readonly port: number
  /** TLS if given; passed to `tls.createServer` as it is. */
  readonly tls?: TlsOptions | undefined
  /** Connections at one time, unfinished TLS handshakes among them, beyond which they are closed unread. Default 1,000. */
  readonly maxSessions?: number | undefined
  readonly session: Omit<SessionOptions, 'role'>
  /** Asked at each connection, before anything is read; undefined closes it without a word. */
  onSession(session: Session, peer: Peer): SessionHooks | undefined
  /** What `onSession` threw; the connection is closed then. */
  onFault?(error: unknown): void
}

export interface Listening {
  readonly address: string
  readonly port: number
  readonly sessions: ReadonlySet<Session>
  /** For another certificate; new connections use it. Nothing happens without TLS. */
  setSecureContext(options: TlsOptions): void
  /** Takes no more connections, unbinds all sessions, and is fulfilled when they are gone. */
  close(): Promise<void>
}

/** Rejects when the address cannot be listened on. */
export async function listen(options: ListenOptions): Promise<Listening> {
  const { host, port, tls, maxSessions = 1_000 } = options
  const sessions = new Set<Session>()
  const ask = (session: Session, peer: Peer): SessionHooks | undefined => {
    try {
      return options.onSession(session, peer)
    } catch (error) {
      options.onFault?.(error)
      return undefined
    }
  }
  const take = (socket: Socket): void => {
    // Until the session listens, an error would be thrown.
    socket.on('error', ignore)
    const { remoteAddress, remotePort } = socket
    if (remoteAddress === undefined) return void socket.destroy()
    socket.setNoDelay(true)
    const session = new Session(socket, { ...options.session, role: 'smsc' })
    const hooks = ask(session, { address: remoteAddress, port: remotePort ?? 0 })
    if (!hooks) return void socket.destroy()
    sessions.add(session)
    void session.closed.then(() => sessions.delete(session))
    session.start(hooks)
  }
  const secure = tls === undefined ? undefined : createTlsServer({ handshakeTimeout: handshakeMs, ...tls }, take)
  // What fails in the handshake is the peer's affair.
  secure?.on('tlsClientError', (_, socket) => socket.destroy())
  const server: Server = secure ?? createTcpServer(take)
  server.maxConnections = maxSessions
  const connections = new Set<Socket>()
  server.on('connection', (socket) => {
    connections.add(socket)
    socket.on('close', () => connections.delete(socket))
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen({ host, port }, () => {
      server.off('error', reject)
      resolve()
    })
  })
  // A connection that could not be taken (no file descriptors) is lost; the next may be taken.
  server.on('error', ignore)
  const bound = server.address() as AddressInfo
  return {
    address: bound.address,
    port: bound.port,
    sessions,
    setSecureContext(changed) {
      secure?.setSecureContext(changed)
    },
    async close() {
      const gone = new Promise<void>((resolve) => void server.close(() => resolve()))
      await Promise.all([...sessions].map((session) => session.unbind()))
      // Handshakes that are not finished, and peers that do not let go.
      const timer = options.session.clock.after(patienceMs, () => connections.forEach((socket) => socket.destroy()))
      await gone
      timer.cancel()
    },
  }
}

function ignore(): void {}
