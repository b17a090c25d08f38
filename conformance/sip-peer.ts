// A SIP phone or trunk of an outside party, as small as one can be: messages as text over UDP or one TCP connection (RFC 3261), digest, one offer
// and answer with G.711.
// Imports nothing from src/, so that what it reads is what the wire had.

import { randomBytes, randomUUID } from 'node:crypto'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { connect } from 'node:net'
import { Call, openSound, type Dialog, type PeerCall } from './sip-call.ts'
import { authorization, header, inTime, methodOf, readSip, statusOf, tagOf, uriIn, type SipText } from './sip-text.ts'

interface Where {
  readonly host: string
  readonly port: number
}

/** Packets, or one connection to the platform. */
interface Wire {
  readonly transport: 'UDP' | 'TCP'
  readonly port: number
  send(text: string, to: Where): void
  close(): void
}

export class SipPeer {
  readonly port: number
  readonly #wire: Wire
  readonly #waiting = new Map<string, (message: SipText) => void>()
  readonly #calls = new Map<string, Call>()
  /** Everything that came, in order. */
  readonly received: SipText[] = []
  #onInvite: ((call: PeerCall) => void) | undefined
  #closed = false
  #contact: string | undefined
  /** What OPTIONS is answered with: 503 for a peer that takes nothing at present. */
  health: 200 | 503 = 200

  private constructor(wire: Wire) {
    this.#wire = wire
    this.port = wire.port
  }

  #took(raw: string, source: Where): void {
    if (raw.trim() === '') return
    const message = readSip(raw, source)
    this.received.push(message)
    if (message.first.startsWith('SIP/2.0')) this.#waiting.get(transactionOf(message))?.(message)
    else void this.#request(message)
  }

  static async open(port = 0): Promise<SipPeer> {
    const socket = createSocket('udp4')
    socket.bind(port, '127.0.0.1')
    await once(socket, 'listening')
    const peer = new SipPeer({
      transport: 'UDP',
      port: socket.address().port,
      send: (text, to) => socket.send(text, to.port, to.host),
      close: () => void socket.close(),
    })
    socket.on('message', (bytes, { address, port: from }) => peer.#took(bytes.toString('utf8'), { host: address, port: from }))
    return peer
  }

  /** Everything goes over one connection, which `close` ends. `contact`: of a phone that keeps its name from one to the next. */
  static async connected(server: Where, contact?: string): Promise<SipPeer> {
    const socket = connect(server.port, server.host)
    await once(socket, 'connect')
    socket.on('error', () => {})
    const peer = new SipPeer({
      transport: 'TCP',
      port: socket.localPort!,
      send: (text) => void socket.write(text),
      close: () => void socket.destroy(),
    })
    peer.#contact = contact
    let kept = ''
    socket.on('data', (bytes: Buffer) => {
      kept += bytes.toString('latin1')
      for (let whole = firstOf(kept); whole !== undefined; whole = firstOf(kept)) {
        kept = kept.slice(whole.length)
        peer.#took(whole, server)
      }
    })
    return peer
  }

  get contact(): string {
    if (this.#contact !== undefined) return this.#contact
    return `sip:peer@127.0.0.1:${this.port}${this.#wire.transport === 'TCP' ? ';transport=tcp' : ''}`
  }

  onInvite(act: (call: PeerCall) => void): void {
    this.#onInvite = act
  }

  /** The next call that comes in. */
  invited(): Promise<PeerCall> {
    return inTime('INVITE', new Promise((resolve) => this.onInvite(resolve)))
  }

  /** One that is closed says nothing more, also where it would say it again. */
  send(text: string, { host, port }: { readonly host: string; readonly port: number }): void {
    if (!this.#closed) this.#wire.send(text, { host, port })
  }

  /** Sends until a final answer comes; provisional ones are given to `progress`. */
  async transact(
    method: string,
    build: (branch: string) => string,
    to: { readonly host: string; readonly port: number },
    progress: (message: SipText) => void = () => {},
  ): Promise<SipText> {
    const branch = `z9hG4bK${randomBytes(8).toString('hex')}`
    const text = build(branch)
    const answered = new Promise<SipText>((resolve) => {
      this.#waiting.set(branch + (method === 'ACK' ? 'INVITE' : method), (message) => {
        clearInterval(again)
        if (statusOf(message) >= 200) resolve(message)
        else progress(message)
      })
    })
    this.send(text, to)
    const again = setInterval(() => {
      if (this.#wire.transport === 'UDP') this.send(text, to)
    }, 500)
    try {
      return await inTime(`answer to ${method}`, answered)
    } finally {
      clearInterval(again)
    }
  }

  /** Any request outside a dialog. `credentials` answer one challenge. */
  async request(
    method: string,
    options: {
      readonly server: { readonly host: string; readonly port: number }
      readonly uri: string
      readonly from: string
      readonly to: string
      readonly headers?: readonly string[]
      readonly body?: string
      readonly credentials?: { readonly username: string; readonly password: string }
      readonly callId?: string
    },
  ): Promise<SipText> {
    const { server, uri, from, to, headers = [], body = '', credentials, callId = randomUUID() } = options
    const fromTag = randomBytes(4).toString('hex')
    const build = (cseq: number, more: readonly string[]) => (branch: string) =>
      this.#text(
        `${method} ${uri} SIP/2.0`,
        branch,
        [
          `From: <${from}>;tag=${fromTag}`,
          `To: <${to}>`,
          `Call-ID: ${callId}`,
          `CSeq: ${cseq} ${method}`,
          `Contact: <${this.contact}>`,
          ...headers,
          ...more,
        ],
        body,
      )
    const first = await this.transact(method, build(1, []), server)
    const status = statusOf(first)
    if (!credentials || (status !== 401 && status !== 407)) return first
    return this.transact(method, build(2, [authorization(first, method, uri, credentials)]), server)
  }

  register(options: {
    readonly server: { readonly host: string; readonly port: number }
    readonly login: string
    readonly password: string
    readonly domain?: string
    readonly expires?: number
  }): Promise<SipText> {
    const { server, login, password, domain = server.host, expires = 300 } = options
    const address = `sip:${login}@${domain}`
    return this.request('REGISTER', {
      server,
      uri: `sip:${domain}`,
      from: address,
      to: address,
      headers: [`Expires: ${expires}`],
      credentials: { username: login, password },
    })
  }

  /** Calls, and gives the call at once. */
  async call(options: {
    readonly server: { readonly host: string; readonly port: number }
    readonly from: string
    readonly to: string
    readonly headers?: readonly string[]
    readonly credentials?: { readonly username: string; readonly password: string }
    /** An offer of one's own; false: an INVITE without one. */
    readonly sdp?: string | false
  }): Promise<PeerCall> {
    const { server, headers = [], credentials } = options
    const host = `${server.host}:${server.port}`
    const uri = options.to.includes('@') ? options.to : `sip:${options.to}@${host}`
    const from = options.from.includes('@') ? options.from : `sip:${options.from}@127.0.0.1`
    const localTag = randomBytes(4).toString('hex')
    const dialog: Dialog = {
      callId: randomUUID(),
      localTag,
      local: `<${from}>;tag=${localTag}`,
      remote: `<${uri}>`,
      target: uri,
      routes: [],
      cseq: 1,
      peer: server,
    }
    const call = new Call(this, dialog, await openSound())
    this.#calls.set(dialog.callId, call)
    call.invited(uri, headers, credentials, options.sdp)
    return call
  }

  text(first: string, branch: string, headers: readonly string[], body = ''): string {
    return this.#text(first, branch, headers, body)
  }

  #text(first: string, branch: string, headers: readonly string[], body: string): string {
    const type = body === '' || headers.some((one) => /^content-type:/i.test(one)) ? [] : ['Content-Type: application/sdp']
    return [
      first,
      `Via: SIP/2.0/${this.#wire.transport} 127.0.0.1:${this.port};branch=${branch};rport`,
      'Max-Forwards: 70',
      ...headers,
      ...type,
      `Content-Length: ${Buffer.byteLength(body)}`,
      '',
      body,
    ].join('\r\n')
  }

  /** The answer to a request that came. */
  respond(request: SipText, status: number, phrase: string, more: readonly string[] = [], body = '', toTag = ''): void {
    const to = header(request, 'to')
    const lines = [
      `SIP/2.0 ${status} ${phrase}`,
      ...(request.headers.get('via') ?? []).map((value) => `Via: ${value}`),
      ...(request.headers.get('record-route') ?? []).map((value) => `Record-Route: ${value}`),
      `From: ${header(request, 'from')}`,
      `To: ${tagOf(to) === '' && toTag !== '' ? `${to};tag=${toTag}` : to}`,
      `Call-ID: ${header(request, 'call-id')}`,
      `CSeq: ${header(request, 'cseq')}`,
      ...more,
      ...(body === '' ? [] : ['Content-Type: application/sdp']),
      `Content-Length: ${Buffer.byteLength(body)}`,
      '',
      body,
    ]
    this.send(lines.join('\r\n'), request.source)
  }

  async #request(message: SipText): Promise<void> {
    const call = this.#callOf(message)
    const method = methodOf(message)
    if (call) {
      call.took(message)
      return
    }
    if (method === 'INVITE') {
      const localTag = randomBytes(4).toString('hex')
      const dialog: Dialog = {
        callId: header(message, 'call-id'),
        localTag,
        local: `${header(message, 'to')};tag=${localTag}`,
        remote: header(message, 'from'),
        target: uriIn(header(message, 'contact')),
        routes: message.headers.get('record-route') ?? [],
        cseq: 100,
        peer: message.source,
      }
      // The same INVITE may come again while the sound is opened.
      const opening = openSound()
      const made = new Call(this, dialog, await opening, message)
      if (this.#callOf(message)) return made.close()
      this.#calls.get(dialog.callId)?.close()
      this.#calls.set(dialog.callId, made)
      this.#onInvite?.(made)
    } else if (method === 'OPTIONS') this.#tellHealth(message)
    else if (method !== 'ACK') this.respond(message, 481, 'Call/Transaction Does Not Exist')
  }

  /** An INVITE with another From tag is another call, also under the same Call-ID: one that comes back to us from somewhere else. */
  #callOf(message: SipText): Call | undefined {
    const call = this.#calls.get(header(message, 'call-id'))
    const isNew = methodOf(message) === 'INVITE' && tagOf(header(message, 'to')) === ''
    const tag = (one: SipText): string => tagOf(header(one, 'from'))
    return call?.invite && isNew && tag(call.invite) !== tag(message) ? undefined : call
  }

  #tellHealth(message: SipText): void {
    if (this.health === 503) return this.respond(message, 503, 'Service Unavailable')
    this.respond(message, 200, 'OK', ['Allow: INVITE, ACK, BYE, CANCEL, OPTIONS'])
  }

  /** Safe to call twice: a phone may be gone before the end. */
  close(): void {
    if (this.#closed) return
    this.#closed = true
    for (const call of this.#calls.values()) call.close()
    this.#wire.close()
  }
}

/** The first whole message of a stream, by its Content-Length (RFC 3261 18.3). */
function firstOf(text: string): string | undefined {
  const end = text.indexOf('\r\n\r\n')
  if (end < 0) return undefined
  const length = Number(/^(?:content-length|l) *: *(\d+)/im.exec(text.slice(0, end))?.[1] ?? 0)
  return text.length < end + 4 + length ? undefined : text.slice(0, end + 4 + length)
}

const transactionOf = (message: SipText): string => {
  const branch = /branch=([^;,\s]+)/.exec(header(message, 'via'))?.[1] ?? ''
  return branch + (header(message, 'cseq').split(/\s+/)[1] ?? '')
}
