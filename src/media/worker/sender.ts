// What one stream sends: 20 ms of sound each turn, made packets of as long as was agreed; digits beside or in it; or packets of
// another stream, passed on as they are.

import type { SpeechCodec } from '#protocols/rtp/speech-codec.ts'
import type { RtpSender } from '#protocols/rtp/rtp-sender.ts'
import { rtpHeaderBytes, type RtpPacket } from '#protocols/rtp/rtp-packet.ts'
import { EventSender } from '#protocols/rtp/telephone-event.ts'
import type { AgreedMedia } from '#protocols/sdp/agreed-media.ts'
import { FrameRate, frameMs, frameOf, silenceOf, type RateHz } from './frames.ts'
import type { DigitWay } from './player.ts'
import { takeSendBuffer } from './send-buffers.ts'
import { digitTones, inTurn, type Source } from './sources.ts'
import type { Wire } from './wire.ts'

const eventBytes = 4
/** Turns without sound that are sent all the same after sound, so that the listener's buffer runs out softly. */
const softTurns = 10
/** And at the start, so that a NAT on the way opens: one of the two comes through. */
const openingTurns = 2
/** After those one packet in so many turns, for a NAT and for a peer that ends a call without packets (RFC 6263): what is silent need not be sent. */
const aliveTurns = 50

export class Sender implements DigitWay {
  readonly rtp: RtpSender
  readonly #wire: Wire
  readonly #codec: SpeechCodec
  readonly #media: AgreedMedia
  readonly #rateHz: RateHz
  readonly #events: EventSender | undefined
  readonly #sends: boolean
  readonly #ticks: number
  readonly #packetSamples: number
  readonly #fromInside: FrameRate | undefined
  readonly #silence: Int16Array
  /** Sound that does not fill a packet yet, where packets are not as long as turns. */
  #waiting: Int16Array | undefined
  #waits = 0
  #tones: Source | undefined
  /** The last turn sent sound too: RFC 3551 4.1 marks the first packet after silence. */
  #isTalking = false
  #silentTurns = softTurns - openingTurns
  #relayOffset: number | undefined
  #relayedTo: number | undefined

  /** Goes on with the digits that `former` was about to send. */
  constructor(wire: Wire, rtp: RtpSender, media: AgreedMedia, codec: SpeechCodec, rateHz: RateHz, former?: Sender) {
    this.#wire = wire
    this.rtp = rtp
    this.#media = media
    this.#codec = codec
    this.#rateHz = rateHz
    if (media.eventPayloadType !== undefined) {
      const begun = former && former.#codec.clockRate === codec.clockRate ? former.#events : undefined
      this.#events = begun ?? new EventSender(codec.clockRate)
    }
    if (former && former.#rateHz === rateHz) this.#tones = former.#tones
    this.#sends = media.direction === 'sendrecv' || media.direction === 'sendonly'
    this.#ticks = (codec.clockRate * frameMs) / 1000
    // What Opus is given is 20 ms; it has no use for more packets or longer ones here.
    const packetMs = codec.name === 'opus' ? frameMs : media.codec.packetMs
    this.#packetSamples = (codec.pcmHz * packetMs) / 1000
    this.#fromInside = codec.pcmHz === rateHz ? undefined : new FrameRate(rateHz, codec.pcmHz)
    this.#silence = silenceOf(rateHz)
  }

  /** Digits go out after those that wait. */
  send(digits: string, durationMs?: number): void {
    if (this.#events) this.#events.send(digits, durationMs)
    else {
      const more = digitTones(digits, this.#rateHz, durationMs)
      this.#tones = this.#tones ? inTurn(this.#tones, more) : more
    }
  }

  sending(): boolean {
    return this.#tones !== undefined || (this.#events?.busy ?? false)
  }

  /** One turn; `frame` undefined is silence. `relayed`: the sound comes through `relay`. */
  turn(frame: Int16Array | undefined, missed: number, relayed: boolean): void {
    if (missed > 0) this.rtp.advance(missed * this.#ticks)
    if (!this.#sends) {
      this.#isTalking = false
      this.rtp.advance(this.#ticks)
      return
    }
    if (this.#events?.busy) return this.#sendEvent()
    if (this.#tones) return this.#sendTones()
    if (relayed) {
      this.rtp.advance(this.#ticks)
      this.#isTalking = true
      return
    }
    this.#afterRelay()
    if (frame === undefined) return this.#sendSilence()
    this.#silentTurns = 0
    this.#sendSound(frame)
  }

  /** Discontinuous transmission (RFC 3551 4.1): timestamps go on, and the first packet of sound is marked. */
  #sendSilence(): void {
    this.#silentTurns += 1
    if (this.#silentTurns <= softTurns) return this.#sendSound(this.#silence)
    const { clockRate, pcmHz } = this.#codec
    this.rtp.advance((this.#waits * clockRate) / pcmHz)
    this.#waits = 0
    const at = this.rtp.timestamp
    if (this.#silentTurns % aliveTurns === 0) this.#sendPacket(new Int16Array(this.#packetSamples))
    this.rtp.advance(at + this.#ticks - this.rtp.timestamp)
    this.#isTalking = false
  }

  #sendEvent(): void {
    const events = this.#events!
    const buffer = takeSendBuffer()
    this.#isTalking = false
    this.#waits = 0
    if (events.next(this.#ticks, this.rtp.timestamp, buffer.bytes, rtpHeaderBytes)) {
      this.rtp.head(buffer.bytes, this.#media.eventPayloadType!, eventBytes, events.marker, events.timestamp)
      this.#wire.sendRtp(buffer, rtpHeaderBytes + eventBytes)
    } else buffer.sent()
    this.rtp.advance(this.#ticks)
  }

  #sendTones(): void {
    const frame = frameOf(this.#rateHz)
    const count = this.#tones!.read(frame, 0)
    frame.fill(0, count)
    if (count < frame.length) this.#tones = undefined
    this.#sendSound(frame)
  }

  #sendSound(inside: Int16Array): void {
    const frame = this.#fromInside ? this.#fromInside.run(inside) : inside
    if (frame.length === this.#packetSamples) return this.#sendPacket(frame)
    const waiting = (this.#waiting ??= new Int16Array(this.#packetSamples + frame.length))
    waiting.set(frame, this.#waits)
    this.#waits += frame.length
    while (this.#waits >= this.#packetSamples) {
      this.#sendPacket(waiting)
      waiting.copyWithin(0, this.#packetSamples, this.#waits)
      this.#waits -= this.#packetSamples
    }
  }

  #sendPacket(sound: Int16Array): void {
    const buffer = takeSendBuffer()
    const bytes = this.#codec.encode(sound, this.#packetSamples, buffer.bytes, rtpHeaderBytes)
    this.rtp.head(buffer.bytes, this.#media.codec.payloadType, bytes, !this.#isTalking)
    this.#isTalking = true
    this.#wire.sendRtp(buffer, rtpHeaderBytes + bytes)
    this.rtp.advance((this.#packetSamples * this.#codec.clockRate) / this.#codec.pcmHz)
  }

  /** Passes a packet of the same codec on under our own numbers; what comes after a later one is dropped. */
  relay(datagram: Uint8Array, packet: RtpPacket): void {
    if (!this.#sends || this.sending()) return
    const { payloadAt, payloadBytes, timestamp } = packet
    if (payloadBytes > 1200) return
    let offset = this.#relayOffset ?? this.rtp.timestamp - timestamp
    // Their clock began anew, or ours and theirs have drifted apart.
    const apart = (timestamp + offset - this.rtp.timestamp) | 0
    if (Math.abs(apart) > this.#codec.clockRate) offset = this.rtp.timestamp - timestamp
    this.#relayOffset = offset
    const at = (timestamp + offset) >>> 0
    if (this.#relayedTo !== undefined && ((at - this.#relayedTo) | 0) <= 0 && Math.abs(apart) <= this.#codec.clockRate) return
    this.#relayedTo = at
    const buffer = takeSendBuffer()
    buffer.bytes.set(datagram.subarray(payloadAt, payloadAt + payloadBytes), rtpHeaderBytes)
    this.rtp.head(buffer.bytes, this.#media.codec.payloadType, payloadBytes, packet.marker || !this.#isTalking, at)
    this.#isTalking = true
    this.#wire.sendRtp(buffer, rtpHeaderBytes + payloadBytes)
  }

  /** Our own timestamps go on behind those that were passed on. */
  #afterRelay(): void {
    if (this.#relayedTo === undefined) return
    const next = (this.#relayedTo + this.#ticks) >>> 0
    const ahead = (next - this.rtp.timestamp) | 0
    if (ahead > 0) this.rtp.advance(ahead)
    this.#relayedTo = undefined
    this.#relayOffset = undefined
  }
}
