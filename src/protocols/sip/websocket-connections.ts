// SIP over WebSocket: RFC 7118. One frame, text or binary, is one message. Peers that do not ask for the sub-protocol `sip` are turned away.

import http from 'node:http'
import https from 'node:https'
import type { Duplex } from 'node:stream'
import { WebSocket, WebSocketServer, type RawData } from 'ws'
import { hostPort } from '#values/host-port.ts'
import type { Pipe } from './connection.ts'
import { maxMessageBytes, parseMessage } from './message-codec.ts'
import type { Binding, SipAddress, SipStackOptions } from './stack-parts.ts'
import { listening, plainHost, type Accepted, type ConnectionEars } from './stream-connections.ts'

const subProtocol = 'sip'
const askMs = 10_000
/** As in connection.ts: pings cost the peer nothing. */
const pongsBelowBytes = 4_096

/** Listens for ws, or wss with the binding's certificate. `accepted` hears of each connection; rejects when the port cannot be had. */
export function listenWebSocket(
  binding: Binding,
  accepted: Accepted,
  faulted: (error: unknown) => void,
): Promise<http.Server | https.Server> {
  const { transport } = binding
  // Who connects and does not ask soon is let go: there is nothing here to be looked at.
  const limits = { headersTimeout: askMs, requestTimeout: askMs, keepAliveTimeout: 1_000, connectionsCheckingInterval: askMs / 2 }
  const server =
    transport === 'wss' ? https.createServer({ ...limits, handshakeTimeout: askMs, ...binding.tls }) : http.createServer(limits)
  server.on('request', (_request, response) => void response.writeHead(426, { Upgrade: 'websocket' }).end())
  server.on('clientError', (_error, socket) => void socket.destroy())
  const webSockets = new WebSocketServer({
    noServer: true,
    maxPayload: maxMessageBytes,
    autoPong: false,
    handleProtocols: () => subProtocol,
  })
  server.on('upgrade', (request, socket: Duplex, head) => {
    socket.on('error', () => socket.destroy())
    const offered = (request.headers['sec-websocket-protocol'] ?? '').split(',').map((name) => name.trim().toLowerCase())
    // RFC 7118 4.1: without the sub-protocol the server does not switch.
    if (!offered.includes(subProtocol)) return void socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n')
    webSockets.handleUpgrade(request, socket, head, (opened) => {
      const { localAddress, localPort, remoteAddress, remotePort } = request.socket
      const ears = accepted(
        webSocketPipe(opened),
        { transport, host: plainHost(localAddress), port: localPort ?? 0 },
        { transport, host: plainHost(remoteAddress), port: remotePort ?? 0 },
      )
      if (ears) listenTo(opened, ears)
      else opened.terminate()
    })
  })
  return listening(server, binding, faulted)
}

/** A connection of ours. What is written before it is open waits for that. */
export function dialWebSocket(
  to: { readonly transport: 'ws' | 'wss'; readonly host: string; readonly port: number; readonly serverName: string },
  tlsOptions: SipStackOptions['tls'],
  accepted: Accepted,
): void {
  const { transport, host, port, serverName } = to
  // The name is what the certificate is checked against; the address was looked up before.
  const opened = new WebSocket(`${transport}://${hostPort(host, port)}/`, subProtocol, {
    ...tlsOptions,
    ...(serverName === host ? {} : { servername: serverName, headers: { Host: hostPort(serverName, port) } }),
    maxPayload: maxMessageBytes,
    autoPong: false,
    handshakeTimeout: 10_000,
  })
  const ears = accepted(webSocketPipe(opened), { transport, host: '', port: 0 }, { transport, host, port } satisfies SipAddress)
  if (ears) listenTo(opened, ears)
  else opened.terminate()
}

function webSocketPipe(socket: WebSocket): Pipe {
  const waiting: Buffer[] = []
  // RFC 7118 3: text where it can be; SIP bodies may hold any octets, so only messages that are UTF-8 go as text.
  const write = (bytes: Buffer): void => socket.send(bytes, { binary: !isText(bytes) })
  socket.on('open', () => {
    for (const bytes of waiting.splice(0)) write(bytes)
  })
  return {
    write(bytes) {
      if (socket.readyState === WebSocket.CONNECTING) waiting.push(bytes)
      else if (socket.readyState === WebSocket.OPEN) write(bytes)
    },
    ping: () => {
      if (socket.readyState === WebSocket.OPEN) socket.ping()
    },
    destroy: () => {
      if (socket.readyState === WebSocket.OPEN) socket.close(1000)
      else socket.terminate()
    },
    cut: () => void socket.terminate(),
    get waitingBytes() {
      return socket.bufferedAmount
    },
  }
}

const utf8 = new TextDecoder('utf-8', { fatal: true })

function isText(bytes: Buffer): boolean {
  try {
    utf8.decode(bytes)
    return true
  } catch {
    return false
  }
}

function listenTo(socket: WebSocket, ears: ConnectionEars): void {
  socket.on('message', (data: RawData) => {
    ears.heard()
    const bytes = Array.isArray(data) ? Buffer.concat(data) : Buffer.from(data as Buffer)
    // RFC 5626 4.4.1 pings also pass as frames with some clients: CRLFs alone are no message.
    if (isBlank(bytes)) return void (bytes.length > 2 && ears.pinged())
    ears.received(parseMessage(bytes), bytes)
  })
  socket.on('ping', (data: Buffer) => {
    ears.heard()
    if (socket.bufferedAmount < pongsBelowBytes) socket.pong(data)
  })
  socket.on('pong', () => ears.heard())
  socket.on('error', (error) => ears.ended(error.message))
  socket.on('close', () => ears.ended('the peer closed the connection'))
}

function isBlank(bytes: Buffer): boolean {
  return bytes.length <= 4 && bytes.every((octet) => octet === 13 || octet === 10)
}
