// One call of the outside party: its dialog, its answers, its sound. Sound is G.711 mu-law both ways; keys go as RFC 4733 events.

import { randomBytes } from 'node:crypto'
import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { authorization, header, inTime, methodOf, statusOf, tagOf, uriIn, type SipText } from './sip-text.ts'

interface Place {
  readonly host: string
  readonly port: number
}

export interface PeerCall {
  readonly callId: string
  /** The INVITE, as it went or came. */
  readonly asked: string
  /** Provisional answers so far. */
  readonly provisionals: readonly SipText[]
  /** The final answer; a 2xx is acknowledged. */
  final(): Promise<SipText>
  /** Resolves when the other side hangs up, with its BYE (or CANCEL). */
  ended(): Promise<SipText>
  /** For a call that came in. */
  readonly invite?: SipText
  ring(headers?: readonly string[]): void
  answer(headers?: readonly string[]): Promise<void>
  refuse(status: number, phrase: string, headers?: readonly string[]): void
  cancel(): void
  /** Gives the answer to the BYE. */
  hangUp(headers?: readonly string[]): Promise<SipText>
  /** In the dialog: INFO, REFER, re-INVITE (acknowledged)... Gives the final answer. */
  request(method: string, headers?: readonly string[], body?: string): Promise<SipText>
  /** The next request of that method in the dialog, which is answered by `reply` only. */
  next(method: string): Promise<SipText>
  reply(request: SipText, status: number, phrase: string, headers?: readonly string[], body?: string): void
  /** What it offers and answers with. */
  readonly sdp: string
  /** RFC 4733 events of 100 ms each. */
  press(digits: string): Promise<void>
  /** A tone of 20 ms packets until it is stopped. */
  tone(hz: number): () => void
  /** Packets of tones that went. */
  readonly said: number
  /** Packets of sound that came. */
  readonly heard: number
  /** The sound that came, as 16-bit samples at 8 kHz, with the silence between. */
  samples(): Int16Array
}

export interface Dialog {
  readonly callId: string
  readonly localTag: string
  local: string
  remote: string
  target: string
  routes: readonly string[]
  cseq: number
  readonly peer: Place
}

const encodeMuLaw = (sample: number): number => {
  const sign = sample < 0 ? 0x80 : 0
  const value = Math.min(Math.abs(sample), 32_635) + 132
  let exponent = 7
  for (let mask = 0x4000; (value & mask) === 0 && exponent > 0; mask >>= 1) exponent -= 1
  return ~(sign | (exponent << 4) | ((value >> (exponent + 3)) & 0x0f)) & 0xff
}

const decodeMuLaw = (byte: number): number => {
  const value = ~byte & 0xff
  const magnitude = ((((value & 0x0f) << 3) + 132) << ((value & 0x70) >> 4)) - 132
  return value & 0x80 ? -magnitude : magnitude
}

export interface Sound {
  readonly socket: Socket
  readonly port: number
}

export async function openSound(): Promise<Sound> {
  const socket = createSocket('udp4')
  socket.bind(0, '127.0.0.1')
  await once(socket, 'listening')
  return { socket, port: socket.address().port }
}

const heardAtMost = 8000 * 120

/** What a call needs of the peer that has it. */
interface Peer {
  readonly contact: string
  text(first: string, branch: string, headers: readonly string[], body?: string): string
  send(text: string, to: Place): void
  /** Sends until a final answer comes; provisional ones are given to `progress`. */
  transact(method: string, build: (branch: string) => string, to: Place, progress?: (message: SipText) => void): Promise<SipText>
  respond(request: SipText, status: number, phrase: string, more?: readonly string[], body?: string, toTag?: string): void
}

export class Call implements PeerCall {
  readonly callId: string
  readonly provisionals: SipText[] = []
  readonly invite?: SipText
  readonly #peer: Peer
  readonly #dialog: Dialog
  readonly #sound: Sound
  readonly #samples = new Int16Array(heardAtMost)
  readonly #ended: Promise<SipText>
  #samplesHeard = 0
  /** The timestamp that follows what came last. */
  #nextHeard: number | undefined
  #tellEnded!: (message: SipText) => void
  #final: Promise<SipText> | undefined
  #inviteBranch = ''
  #inviteText = ''
  #acked!: () => void
  /** By method: who answers the next one. */
  readonly #awaited = new Map<string, (request: SipText) => void>()
  readonly #ack: Promise<void>
  #far: Place | undefined
  #sequence = 1
  #timestamp = 0
  said = 0
  heard = 0

  constructor(peer: Peer, dialog: Dialog, sound: Sound, invite?: SipText) {
    this.#peer = peer
    this.#dialog = dialog
    this.#sound = sound
    this.callId = dialog.callId
    this.#ended = new Promise((resolve) => (this.#tellEnded = resolve))
    this.#ack = new Promise((resolve) => (this.#acked = resolve))
    if (invite) {
      this.invite = invite
      this.#readSdp(invite.body)
    }
    sound.socket.on('message', (packet) => {
      if (packet.length < 12 || (packet[1]! & 0x7f) !== 0) return
      this.heard += 1
      this.#pass(packet.readUInt32BE(4))
      for (let at = 12; at < packet.length && this.#samplesHeard < heardAtMost; at += 1) {
        this.#samples[this.#samplesHeard] = decodeMuLaw(packet[at]!)
        this.#samplesHeard += 1
      }
      this.#nextHeard = packet.readUInt32BE(4) + packet.length - 12
    })
  }

  /** Where nothing is sent there is silence (RFC 3550 5.1): as long as the timestamps say. */
  #pass(timestamp: number): void {
    const gap = this.#nextHeard === undefined ? 0 : (timestamp - this.#nextHeard) >>> 0
    if (gap < heardAtMost) this.#samplesHeard = Math.min(heardAtMost, this.#samplesHeard + gap)
  }

  get asked(): string {
    return this.invite?.raw ?? this.#inviteText
  }

  samples(): Int16Array {
    return this.#samples.subarray(0, this.#samplesHeard)
  }

  get sdp(): string {
    const lines = [
      'v=0',
      'o=peer 1 1 IN IP4 127.0.0.1',
      's=-',
      'c=IN IP4 127.0.0.1',
      't=0 0',
      `m=audio ${this.#sound.port} RTP/AVP 0 101`,
      'a=rtpmap:0 PCMU/8000',
      'a=rtpmap:101 telephone-event/8000',
      'a=fmtp:101 0-15',
      'a=sendrecv',
    ]
    return `${lines.join('\r\n')}\r\n`
  }

  #readSdp(body: string): void {
    const port = Number(/^m=audio (\d+)/m.exec(body)?.[1] ?? 0)
    const host = /^c=IN IP4 (\S+)/m.exec(body)?.[1]
    if (port > 0 && host !== undefined) this.#far = { host, port }
  }

  invited(
    uri: string,
    headers: readonly string[],
    credentials: { readonly username: string; readonly password: string } | undefined,
    sdp: string | false = this.sdp,
  ): void {
    const { peer, callId, local } = this.#dialog
    const send = (more: readonly string[]): Promise<SipText> => {
      this.#dialog.cseq += 1
      const cseq = this.#dialog.cseq
      return this.#peer.transact(
        'INVITE',
        (branch) => {
          this.#inviteBranch = branch
          this.#inviteText = this.#peer.text(
            `INVITE ${uri} SIP/2.0`,
            branch,
            [
              `From: ${local}`,
              `To: <${uri}>`,
              `Call-ID: ${callId}`,
              `CSeq: ${cseq} INVITE`,
              `Contact: <${this.#peer.contact}>`,
              'Allow: INVITE, ACK, BYE, CANCEL, OPTIONS, INFO, NOTIFY, REFER',
              ...headers,
              ...more,
            ],
            sdp === false ? '' : sdp,
          )
          return this.#inviteText
        },
        peer,
        (message) => {
          this.provisionals.push(message)
          if (message.body !== '') this.#readSdp(message.body)
        },
      )
    }
    const answered = (message: SipText): SipText => {
      const isGood = statusOf(message) < 300
      if (isGood) {
        this.#dialog.remote = header(message, 'to')
        this.#dialog.target = uriIn(header(message, 'contact'))
        this.#dialog.routes = [...(message.headers.get('record-route') ?? [])].toReversed()
        this.#readSdp(message.body)
      }
      this.#acknowledge(message, isGood, this.#inviteBranch, isGood ? this.#dialog.target : uri)
      return message
    }
    this.#final = (async () => {
      const first = answered(await send([]))
      const status = statusOf(first)
      if (!credentials || (status !== 401 && status !== 407)) return first
      return answered(await send([authorization(first, 'INVITE', uri, credentials)]))
    })()
    this.#final.catch(() => {})
  }

  #acknowledge(message: SipText, isGood: boolean, invite: string, uri: string): void {
    const cseq = header(message, 'cseq').split(/\s+/)[0]!
    // RFC 3261 17.1.1.3: that of a refusal is of the same transaction.
    const branch = isGood ? `z9hG4bK${randomBytes(8).toString('hex')}` : invite
    const text = this.#peer.text(`ACK ${uri} SIP/2.0`, branch, [
      ...this.#dialog.routes.map((route) => `Route: ${route}`),
      `From: ${this.#dialog.local}`,
      `To: ${header(message, 'to')}`,
      `Call-ID: ${this.callId}`,
      `CSeq: ${cseq} ACK`,
    ])
    this.#peer.send(text, this.#dialog.peer)
  }

  final(): Promise<SipText> {
    if (!this.#final) throw new Error('this call came in')
    return this.#final
  }

  ended(): Promise<SipText> {
    return inTime('BYE or CANCEL', this.#ended)
  }

  took(message: SipText): void {
    const method = methodOf(message)
    if (method === 'ACK') return this.#acked()
    const awaited = this.#awaited.get(method)
    if (awaited) {
      this.#awaited.delete(method)
      return awaited(message)
    }
    if (method === 'BYE' || method === 'CANCEL') {
      this.#peer.respond(message, 200, 'OK', [], '', this.#dialog.localTag)
      if (method === 'CANCEL' && this.invite) this.refuse(487, 'Request Terminated')
      this.#tellEnded(message)
      return
    }
    if (method === 'INVITE') {
      // A re-INVITE is taken as it is; the first one again was answered already.
      if (tagOf(header(message, 'to')) === '') return
      this.#readSdp(message.body)
      this.#peer.respond(message, 200, 'OK', [`Contact: <${this.#peer.contact}>`], this.sdp, this.#dialog.localTag)
      return
    }
    this.#peer.respond(message, method === 'REFER' ? 202 : 200, 'OK', [], '', this.#dialog.localTag)
  }

  ring(headers: readonly string[] = []): void {
    this.reply(this.invite!, 180, 'Ringing', headers)
  }

  next(method: string): Promise<SipText> {
    return inTime(method, new Promise((resolve) => this.#awaited.set(method, resolve)))
  }

  reply(request: SipText, status: number, phrase: string, headers: readonly string[] = [], body = ''): void {
    const contact = `Contact: <${this.#peer.contact}>`
    this.#peer.respond(request, status, phrase, [contact, ...headers], body, this.#dialog.localTag)
  }

  async answer(headers: readonly string[] = []): Promise<void> {
    const send = (): void =>
      this.#peer.respond(
        this.invite!,
        200,
        'OK',
        [`Contact: <${this.#peer.contact}>`, ...headers],
        this.sdp,
        this.#dialog.localTag,
      )
    send()
    const again = setInterval(send, 500)
    try {
      await inTime('ACK', this.#ack)
    } finally {
      clearInterval(again)
    }
  }

  refuse(status: number, phrase: string, headers: readonly string[] = []): void {
    this.#peer.respond(this.invite!, status, phrase, headers, '', this.#dialog.localTag)
  }

  cancel(): void {
    const cseq = this.#dialog.cseq
    const uri = this.#inviteText.split(' ')[1]!
    const text = this.#peer.text(`CANCEL ${uri} SIP/2.0`, this.#inviteBranch, [
      `From: ${this.#dialog.local}`,
      `To: <${uri}>`,
      `Call-ID: ${this.callId}`,
      `CSeq: ${cseq} CANCEL`,
    ])
    this.#peer.send(text, this.#dialog.peer)
  }

  hangUp(headers: readonly string[] = []): Promise<SipText> {
    return this.request('BYE', headers)
  }

  async request(method: string, headers: readonly string[] = [], body = ''): Promise<SipText> {
    const dialog = this.#dialog
    dialog.cseq += 1
    const cseq = dialog.cseq
    let sentAs = ''
    const answer = await this.#peer.transact(
      method,
      (branch) => {
        sentAs = branch
        return this.#peer.text(
          `${method} ${dialog.target} SIP/2.0`,
          branch,
          [
            ...dialog.routes.map((route) => `Route: ${route}`),
            `From: ${dialog.local}`,
            `To: ${dialog.remote}`,
            `Call-ID: ${dialog.callId}`,
            `CSeq: ${cseq} ${method}`,
            `Contact: <${this.#peer.contact}>`,
            ...headers,
          ],
          body,
        )
      },
      dialog.peer,
    )
    if (method === 'INVITE') this.#acknowledge(answer, statusOf(answer) < 300, sentAs, dialog.target)
    return answer
  }

  #packet(type: number, marker: boolean, payload: Uint8Array): void {
    if (!this.#far) return
    const packet = Buffer.alloc(12 + payload.length)
    packet[0] = 0x80
    packet[1] = type | (marker ? 0x80 : 0)
    packet.writeUInt16BE(this.#sequence & 0xffff, 2)
    packet.writeUInt32BE(this.#timestamp >>> 0, 4)
    packet.writeUInt32BE(0x51505051, 8)
    packet.set(payload, 12)
    this.#sequence += 1
    this.#sound.socket.send(packet, this.#far.port, this.#far.host)
    if (type === 0) this.said += 1
  }

  async press(digits: string): Promise<void> {
    for (const digit of digits) {
      const event = '0123456789*#ABCD'.indexOf(digit)
      for (let step = 1; step <= 8; step += 1) {
        const isEnd = step > 5
        const duration = Math.min(step, 5) * 160
        this.#packet(101, step === 1, Uint8Array.of(event, isEnd ? 0x8a : 0x0a, duration >> 8, duration & 0xff))
        await new Promise((resolve) => setTimeout(resolve, 20))
      }
      this.#timestamp += 1600
      await new Promise((resolve) => setTimeout(resolve, 60))
    }
  }

  tone(hz: number): () => void {
    let at = 0
    const payload = new Uint8Array(160)
    const timer = setInterval(() => {
      for (let sample = 0; sample < 160; sample += 1, at += 1) {
        payload[sample] = encodeMuLaw(Math.round(8000 * Math.sin((2 * Math.PI * hz * at) / 8000)))
      }
      this.#packet(0, at === 160, payload)
      this.#timestamp += 160
    }, 20)
    return () => clearInterval(timer)
  }

  close(): void {
    this.#far = undefined
    this.#sound.socket.close()
  }
}
