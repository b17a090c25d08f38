// The HTTP/1.1 server under every face: RFC 9110 and 9112, over TCP or TLS. It hands each request to the mount its
// path belongs to, raw, and writes the answer. What it refuses itself (size, speed, framing) the mount puts in words.
// It parses no body, decodes no path and knows no account. No HTTP/2, no WebSocket.

import http, { type IncomingMessage, type ServerResponse } from 'node:http'
import https from 'node:https'
import type { AddressInfo, Socket } from 'node:net'
import { catalogue } from '#reasons/catalogue.ts'
import { refusal, type Refusal } from '#reasons/refusal.ts'
import type { Clock } from '#values/clock.ts'
import { hostPort } from '#values/host-port.ts'
import { answerConnection, pathInPacket, refusalOfParser } from './connection-fault.ts'
import type { HttpAnswer, HttpRequest } from './exchange.ts'
import { drain, readBody } from './read-body.ts'
import { faultOfHead, hostTable, originForm, pathUnderHost } from './read-head.ts'
import { TlsFiles, type TlsJournal } from './tls-files.ts'
import { traceIdOf } from './trace-id.ts'
import { TrustedProxies } from './trusted-proxies.ts'
import { writeAnswer } from './write-answer.ts'

/** One face under its path prefixes. */
export interface Mount {
  readonly name: string
  /** Without a trailing slash; the longest that fits wins; `''` is the root and takes what is left. */
  readonly prefixes: readonly string[]
  /** Takes the place of `limits.bodyBytes` here, or at some paths: where undefined comes back it does not. */
  readonly maxBodyBytes?: number | ((path: string) => number | undefined)
  answer(request: HttpRequest): Promise<HttpAnswer>
  /** Puts a refusal of the server itself into the face's own words, and records it. */
  refused(refusal: Refusal, request: HttpRequest): HttpAnswer
}

export interface HttpLimits {
  readonly bodyBytes: number
  readonly headerBytes: number
  readonly urlBytes: number
  readonly headersTimeoutMs: number
  /** For the whole request, body included. */
  readonly requestTimeoutMs: number
}

export interface HttpJournal extends TlsJournal {
  requestAnswered(mount: string, method: string, status: number, durationMs: number, traceId: string): void
  /** A refusal before any mount was known; it can be found by this id only in the log. */
  connectionRefused(slug: string, source: string, errorId: string): void
  faultFound(cause: unknown, errorId: string, traceId: string): void
}

export interface ListenAddress {
  readonly host: string
  /** 0 takes a free port. */
  readonly port: number
  /** TLS on this address; without it, TLS everywhere when there is a certificate. */
  readonly secure?: boolean
}

export interface HttpServerOptions {
  readonly listen: readonly ListenAddress[]
  readonly tls?: { readonly certFile: string; readonly keyFile: string } | undefined
  /** Addresses and CIDR blocks, v4 and v6. */
  readonly trustedProxies: readonly string[]
  readonly limits: HttpLimits
  readonly faces: readonly Mount[]
  readonly journal: HttpJournal
  readonly clock: Clock
  /** Host name without port, lower case, to the mount prefix that its requests belong under. */
  readonly hosts: Readonly<Record<string, string>>
}

export interface HttpServer {
  readonly addresses: readonly { readonly host: string; readonly port: number; readonly url: string }[]
  /** Reads the certificate again; false when the old pair stays. */
  reloadCertificates(): Promise<boolean>
  setTrustedProxies(list: readonly string[]): void
  setHosts(hosts: Readonly<Record<string, string>>): void
  /** Stops accepting, lets requests in progress end within `boundMs`, then cuts what is left. */
  close(boundMs: number): Promise<void>
}

/** What is known of a connection: needed when the parser gives up and only the socket is left. */
interface Connection {
  /** Requests not yet answered. */
  open: number
  /** Refuses the request whose body is being read. */
  fail: ((refusal: Refusal) => void) | undefined
  /** Called once `open` falls to 0. */
  settled: (() => void) | undefined
}

const noBody = Buffer.alloc(0)

function bodyLimit({ maxBodyBytes }: Mount, path: string): number | undefined {
  return typeof maxBodyBytes === 'function' ? maxBodyBytes(path) : maxBodyBytes
}
const connections = new WeakMap<Socket, Connection>()

export async function startHttpServer(options: HttpServerOptions): Promise<HttpServer> {
  const { limits, journal, clock } = options
  const routes = options.faces
    .flatMap((mount) => mount.prefixes.map((prefix) => ({ prefix, mount })))
    .toSorted((a, b) => b.prefix.length - a.prefix.length)
  let proxies = new TrustedProxies(options.trustedProxies)
  let hosts = hostTable(options.hosts)
  let draining = false

  function mountOf(path: string): Mount | undefined {
    for (const { prefix, mount } of routes) {
      if (path.startsWith(prefix) && (path.length === prefix.length || path.charCodeAt(prefix.length) === 47 || prefix === '')) {
        return mount
      }
    }
    return undefined
  }

  function describe(req: IncomingMessage, target: string, body: Buffer): HttpRequest {
    const mark = target.indexOf('?')
    const headers = req.headers as Record<string, string | undefined>
    let path = mark < 0 ? target : target.slice(0, mark)
    if (hosts) path = pathUnderHost(hosts, headers.host, path)
    const setCookie = req.headers['set-cookie']
    if (setCookie) headers['set-cookie'] = setCookie.join(', ')
    const peer = proxies.peer(req.socket, headers)
    return {
      method: req.method as string,
      path,
      query: mark < 0 ? '' : target.slice(mark + 1),
      headers,
      body,
      source: peer.source,
      secure: peer.secure,
      receivedAtMs: clock.nowMs(),
      traceId: traceIdOf(headers.traceparent),
    }
  }

  function onRequest(req: IncomingMessage, res: ServerResponse): void {
    const startedMs = clock.elapsedMs()
    const connection = connections.get(req.socket) as Connection
    connection.open += 1
    // RFC 9112 3.2.2: a server must take the absolute form too.
    const url = req.url as string
    const target = url.charCodeAt(0) === 47 ? url : originForm(url)
    const request = describe(req, target, noBody)
    const mount = mountOf(request.path)
    let closing = false

    const finish = (answer: HttpAnswer): void => {
      try {
        writeAnswer(req, res, answer, closing || draining)
      } catch (cause) {
        if (res.headersSent) res.destroy()
        else writeAnswer(req, res, faultAnswer(cause, request), true)
      }
      const settle = (): void => {
        connection.open -= 1
        if (connection.open === 0 && connection.settled) setImmediate(connection.settled)
      }
      if (answer.stream && !res.closed) res.once('close', settle)
      else settle()
      journal.requestAnswered(mount?.name ?? '', request.method, res.statusCode, clock.elapsedMs() - startedMs, request.traceId)
    }
    const fault = (cause: unknown): void => finish(faultAnswer(cause, request))
    const refuse = (refused: Refusal): void => {
      let answer: HttpAnswer
      try {
        answer = mount ? mount.refused(refused, request) : strayAnswer(refused, request.source)
      } catch (cause) {
        return fault(cause)
      }
      finish(answer)
    }
    const answer = (whole: HttpRequest): void => {
      if (!mount) return refuse(refusal('api.endpoint_unknown', { path: whole.path, method: whole.method }))
      mount.answer(whole).then(finish, fault)
    }

    const badHead = faultOfHead(req, url, limits)
    if (badHead) {
      closing = true
      return refuse(badHead)
    }
    const length = req.headers['content-length']
    if ((length === undefined || length === '0') && req.headers['transfer-encoding'] === undefined) return answer(request)

    const limit = (mount && bodyLimit(mount, request.path)) ?? limits.bodyBytes
    const refuseLarge = (): void => {
      const refused = refusal('request.body_too_large', { limitBytes: limit })
      // Where the answer ends the connection it waits for the body: closed on unread bytes, it would be a reset.
      if (res.shouldKeepAlive || req.headers.expect !== undefined) refuse(refused)
      drain(req, () => res.headersSent || refuse(refused))
    }
    if (length !== undefined && Number(length) > limit) return refuseLarge()
    if (req.headers.expect !== undefined && /^100-continue$/i.test(req.headers.expect)) res.writeContinue()
    readBody(
      req,
      connection,
      limit,
      (body) => {
        if (Buffer.isBuffer(body)) return answer({ ...request, body })
        // A body that is only too large is drained and the connection lives; after a parser's error it cannot.
        if (body.reason === 'request.body_too_large') return refuseLarge()
        closing = true
        refuse(body)
      },
      () => {
        connection.open -= 1
      },
    )
  }

  function faultAnswer(cause: unknown, request: HttpRequest): HttpAnswer {
    const errorId = crypto.randomUUID()
    journal.faultFound(cause, errorId, request.traceId)
    return plainAnswer(500, 'platform.internal_error', errorId)
  }

  function strayAnswer(refused: Refusal, source: string): HttpAnswer {
    const errorId = crypto.randomUUID()
    journal.connectionRefused(refused.reason, source, errorId)
    return plainAnswer(catalogue[refused.reason].http, refused.reason, errorId)
  }

  // The parser or a timeout gave up. Where the request is known its mount answers, else what the packet tells.
  function onClientError(cause: NodeJS.ErrnoException & { rawPacket?: Buffer }, socket: Socket): void {
    const connection = connections.get(socket)
    if (!connection || cause.code === 'ECONNRESET' || !socket.writable) {
      socket.destroy()
      return
    }
    const refused = refusalOfParser(cause, limits)
    if (connection.fail) return connection.fail(refused)
    const say = (): void => {
      const seen = pathInPacket(cause.rawPacket)
      const peer = proxies.peer(socket, {})
      let answer: HttpAnswer | undefined
      if (seen) {
        const mark = seen.target.indexOf('?')
        const request: HttpRequest = {
          method: seen.method,
          path: mark < 0 ? seen.target : seen.target.slice(0, mark),
          query: mark < 0 ? '' : seen.target.slice(mark + 1),
          headers: {},
          body: noBody,
          source: peer.source,
          secure: peer.secure,
          receivedAtMs: clock.nowMs(),
          traceId: traceIdOf(undefined),
        }
        try {
          answer = mountOf(request.path)?.refused(refused, request)
        } catch (fault) {
          answer = faultAnswer(fault, request)
        }
      }
      answerConnection(socket, answer ?? strayAnswer(refused, peer.source), clock, seen?.method)
    }
    // A pipelined request before this one is still being answered: its answer goes first (RFC 9112 9.3.2).
    if (connection.open > 0) connection.settled = say
    else say()
  }

  const files = options.tls && (await TlsFiles.load(options.tls, journal, clock))
  const servers: (http.Server | https.Server)[] = []
  const addresses: { host: string; port: number; url: string }[] = []

  async function listen(address: ListenAddress): Promise<void> {
    const secure = files !== undefined && (address.secure ?? true)
    const settings = {
      // The parser counts the start line with the headers.
      maxHeaderSize: limits.headerBytes + limits.urlBytes + 32,
      joinDuplicateHeaders: true,
      requireHostHeader: false,
      headersTimeout: limits.headersTimeoutMs,
      requestTimeout: limits.requestTimeoutMs,
      connectionsCheckingInterval: Math.max(50, Math.min(1000, limits.headersTimeoutMs / 2)),
      keepAliveTimeout: 65_000,
      noDelay: true,
    }
    const server = secure
      ? https.createServer({ ...settings, ...files.pair() }, onRequest)
      : http.createServer(settings, onRequest)
    server.on(secure ? 'secureConnection' : 'connection', (socket: Socket) => {
      connections.set(socket, { open: 0, fail: undefined, settled: undefined })
    })
    // The body's size is known before the sender is told to go on (RFC 9110 10.1.1).
    server.on('checkContinue', onRequest)
    server.on('checkExpectation', onRequest)
    server.on('clientError', onClientError)
    // CONNECT has no meaning here; the mount says so, and the tunnel is never opened.
    server.on('connect', (req: IncomingMessage, socket: Socket) => {
      const request = describe(req, req.url as string, noBody)
      const mount = mountOf('/')
      const end = (answer: HttpAnswer): void => answerConnection(socket, answer, clock)
      if (!mount) return end(strayAnswer(refusal('api.endpoint_unknown', { method: 'CONNECT' }), request.source))
      mount.answer(request).then(end, (cause) => end(faultAnswer(cause, request)))
    })
    if (secure) files.onChange((pair) => (server as https.Server).setSecureContext(pair))
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen({ host: address.host, port: address.port, backlog: 1024 }, () => {
        server.off('error', reject)
        resolve()
      })
    })
    servers.push(server)
    const { port } = server.address() as AddressInfo
    addresses.push({ host: address.host, port, url: `${secure ? 'https' : 'http'}://${hostPort(address.host, port)}` })
  }

  async function close(boundMs: number): Promise<void> {
    draining = true
    files?.close()
    const cut = clock.after(boundMs, () => {
      for (const server of servers) server.closeAllConnections()
    })
    await Promise.all(
      servers.map(
        (server) =>
          new Promise<void>((resolve) => {
            server.close(() => resolve())
            server.closeIdleConnections()
          }),
      ),
    )
    cut.cancel()
  }

  try {
    for (const address of options.listen) await listen(address)
  } catch (cause) {
    await close(0)
    throw cause
  }

  return {
    addresses,
    reloadCertificates: async () => (files ? files.reload() : true),
    setTrustedProxies: (list) => {
      proxies = new TrustedProxies(list)
    },
    setHosts: (table) => {
      hosts = hostTable(table)
    },
    close,
  }
}

function plainAnswer(status: number, slug: string, errorId: string): HttpAnswer {
  return {
    status,
    headers: { 'content-type': 'application/json', 'offhook-reason': slug, 'offhook-error-id': errorId },
    body: JSON.stringify({ reason: slug, errorId }),
  }
}
