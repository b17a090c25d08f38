// The recogniser of the pretend network: it knows what its virtual phones say, as they are given it as text. It speaks the protocol
// of every provider, so that nothing else differs; a text counts as heard when the sound of it has come and gone. Hears no words.

import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { WebSocketServer, type RawData, type WebSocket } from 'ws'

/** Louder than this share of full scale is sound: -40 dBov, well over comfort noise. */
const loud = 0.01
const silenceMs = 400
const keysAtMost = 10_000

export class SpeechPretend {
  #server: WebSocketServer | undefined
  /** A path that nobody guesses: others on this machine are not to listen in. */
  readonly #secret = randomBytes(16).toString('hex')
  /** What each phone has said and nobody has heard yet. */
  readonly #said = new Map<string, string[]>()

  async start(): Promise<void> {
    const server = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate: false, maxPayload: 64 * 1024 })
    server.on('connection', (socket, request) => this.#listen(socket, request))
    await once(server, 'listening')
    this.#server = server
  }

  /** Where whoever listens to this phone connects: the `url` of a `Listen`. */
  urlOf(phone: string): string {
    const { port } = this.#server!.address() as AddressInfo
    return `ws://127.0.0.1:${port}/${this.#secret}/${encodeURIComponent(phone)}`
  }

  /** To be called before the sound of it is played. */
  said(phone: string, text: string): void {
    const before = this.#said.get(phone) ?? []
    this.#said.set(phone, [...before, text])
    // Nobody may ever listen.
    for (const oldest of this.#said.keys()) {
      if (this.#said.size <= keysAtMost) break
      this.#said.delete(oldest)
    }
  }

  /** The phone has hung up. */
  forget(phone: string): void {
    this.#said.delete(phone)
  }

  async stop(): Promise<void> {
    const server = this.#server
    if (!server) return
    for (const socket of server.clients) socket.terminate()
    await new Promise((resolve) => server.close(resolve))
  }

  #listen(socket: WebSocket, request: IncomingMessage): void {
    const [, secret, phone = ''] = (request.url ?? '').split('/')
    if (secret !== this.#secret) return socket.close(4001)
    const listener = new PretendListener(socket, () => this.#next(decodeURIComponent(phone)))
    socket.on('message', (data, isBinary) => (isBinary ? listener.hear(data) : listener.read(String(data))))
    socket.on('error', () => {})
  }

  #next(phone: string): string | undefined {
    const texts = this.#said.get(phone)
    const text = texts?.shift()
    if (texts?.length === 0) this.#said.delete(phone)
    return text
  }
}

class PretendListener {
  readonly #socket: WebSocket
  readonly #next: () => string | undefined
  #rateHz = 8000
  #partials = false
  #endMs = silenceMs
  /** Since sound was last loud; undefined while there has been none. */
  #quietMs: number | undefined

  constructor(socket: WebSocket, next: () => string | undefined) {
    this.#socket = socket
    this.#next = next
  }

  read(text: string): void {
    const message = JSON.parse(text) as { type: string; rateHz?: number; partials?: boolean; silenceMs?: number }
    if (message.type === 'finish') {
      if (this.#quietMs !== undefined) this.#tell()
      this.#socket.close(1000)
    } else {
      this.#rateHz = message.rateHz ?? 8000
      this.#partials = message.partials ?? false
      this.#endMs = Math.max(silenceMs, message.silenceMs ?? 0)
    }
  }

  hear(data: RawData): void {
    const bytes = data as Buffer
    let most = 0
    for (let at = 0; at + 1 < bytes.length; at += 2) most = Math.max(most, Math.abs(bytes.readInt16LE(at)))
    if (most / 32_768 > loud) {
      if (this.#quietMs === undefined) this.#send({ type: 'speech' })
      this.#quietMs = 0
    } else if (this.#quietMs !== undefined) {
      this.#quietMs += (bytes.length / 2 / this.#rateHz) * 1000
      if (this.#quietMs >= this.#endMs) this.#tell()
    }
  }

  #tell(): void {
    this.#quietMs = undefined
    const text = this.#next()
    // A tone, or a phone that is real: sound, but no words.
    if (text === undefined) return
    const words = text.split(' ')
    if (this.#partials && words.length > 1) this.#send({ type: 'partial', text: words[0]!, confidence: 0.5 })
    this.#send({ type: 'final', text, confidence: 1 })
  }

  #send(answer: object): void {
    this.#socket.send(JSON.stringify(answer))
  }
}
