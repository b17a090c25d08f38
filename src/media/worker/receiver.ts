// What one stream receives: packets counted and put in order, digits taken out, and 20 ms of sound whenever it is asked.

import { ComfortNoise } from '#protocols/rtp/comfort-noise.ts'
import { Concealment } from '#protocols/rtp/concealment.ts'
import { JitterBuffer, type Taken } from '#protocols/rtp/jitter-buffer.ts'
import { Reception } from '#protocols/rtp/reception.ts'
import type { SpeechCodec } from '#protocols/rtp/speech-codec.ts'
import { EventReceiver, type DigitListener } from '#protocols/rtp/telephone-event.ts'
import type { RtpPacket } from '#protocols/rtp/rtp-packet.ts'
import type { AgreedMedia } from '#protocols/sdp/agreed-media.ts'
import { FrameRate, frameOf, type RateHz } from './frames.ts'

/** A pause in what comes is made up for so long, and then silence. */
const concealedMs = 60
/** No packet holds more sound. */
const mostPacketMs = 120

export class Receiver {
  readonly codec: SpeechCodec
  readonly #media: AgreedMedia
  readonly #events: EventReceiver
  #jitter: JitterBuffer
  #reception: Reception
  #concealment: Concealment | undefined
  readonly #noise = new ComfortNoise()
  #hasNoise = false
  #ssrc = -1
  #lateBefore = 0
  #duplicatesBefore = 0
  #lostBefore = 0
  #receivedBefore = 0
  #octetsBefore = 0
  #dryMs = 0
  /** At the codec's rate. */
  #decodedRoom: Int16Array | undefined
  #held = 0
  readonly #frame: Int16Array
  readonly #toInside: FrameRate | undefined

  constructor(media: AgreedMedia, codec: SpeechCodec, rateHz: RateHz, digits: DigitListener) {
    this.codec = codec
    this.#media = media
    this.#events = new EventReceiver(codec.clockRate, digits)
    this.#jitter = this.#newJitter()
    this.#reception = new Reception(codec.clockRate)
    this.#frame = frameOf(codec.pcmHz)
    this.#toInside = codec.pcmHz === rateHz ? undefined : new FrameRate(codec.pcmHz, rateHz)
  }

  /** Made when sound comes: many streams wait for a long time. */
  get #conceal(): Concealment {
    return (this.#concealment ??= new Concealment(this.codec.pcmHz))
  }

  get #decoded(): Int16Array {
    return (this.#decodedRoom ??= new Int16Array((this.codec.pcmHz * mostPacketMs * 2) / 1000))
  }

  #newJitter(): JitterBuffer {
    return new JitterBuffer({ clockRate: this.codec.clockRate, packetMs: this.#media.codec.packetMs })
  }

  /** False when it is none of the payload types that were agreed. */
  take(datagram: Uint8Array, packet: RtpPacket, nowMs: number, relayed: boolean): boolean {
    const { payloadType, payloadAt, payloadBytes, sequence, timestamp } = packet
    const { codec, eventPayloadType, comfortNoisePayloadType } = this.#media
    const believed = this.count(packet, nowMs)
    if (payloadType === eventPayloadType) {
      this.#events.receive(datagram, payloadAt, payloadBytes, timestamp, nowMs)
      // It counts in the same sequence (RFC 4733 2.2): without its place kept it would pass for a lost packet.
      if (believed && !relayed) this.#jitter.put(datagram, payloadAt, 0, payloadType, sequence, timestamp, packet.marker, nowMs)
      return true
    }
    if (payloadType !== codec.payloadType && payloadType !== comfortNoisePayloadType) return false
    if (believed && !relayed) {
      this.#jitter.put(datagram, payloadAt, payloadBytes, payloadType, sequence, timestamp, packet.marker, nowMs)
    }
    return true
  }

  /** For the figures alone, of a packet that is not to be heard: what came is not lost. False while the other side is not believed. */
  count({ ssrc, sequence, timestamp, payloadBytes }: RtpPacket, nowMs: number): boolean {
    if (ssrc !== this.#ssrc) this.#newSource(ssrc)
    return this.#reception.receive(sequence, timestamp, payloadBytes, nowMs)
  }

  #newSource(ssrc: number): void {
    if (this.#ssrc !== -1) {
      this.#keepCounts()
      this.#reception = new Reception(this.codec.clockRate)
      this.#jitter = this.#newJitter()
      this.#events.newSource()
    }
    this.#ssrc = ssrc
  }

  /** After a new codec was agreed: what was counted so far counts on. */
  continueFrom(former: Receiver): void {
    const { packets, bytes, lost, late, duplicates } = former.counts
    this.#receivedBefore = packets
    this.#octetsBefore = bytes
    this.#lostBefore = lost
    this.#lateBefore = late
    this.#duplicatesBefore = duplicates
  }

  #keepCounts(): void {
    this.#lateBefore += this.#jitter.late
    this.#duplicatesBefore += this.#jitter.duplicates
    this.#lostBefore += this.#reception.lost
    this.#receivedBefore += this.#reception.received
    this.#octetsBefore += this.#reception.octets
  }

  /** What was put in order and not heard is dropped: the packets go another way. */
  forget(): void {
    this.#jitter.reset()
    this.#held = 0
  }

  /** Each turn, whether or not its sound is asked for: a digit whose end was lost is over. */
  tick(nowMs: number): void {
    this.#events.tick(nowMs)
  }

  /** The next 20 ms at the inside rate, until the next call; undefined: silence. */
  frame(nowMs: number): Int16Array | undefined {
    if (this.#ssrc === -1) return undefined
    const wanted = this.#frame.length
    let taken = this.#held < wanted ? this.#jitter.take(nowMs) : undefined
    if (taken === 'frame' && this.#held === 0 && this.#isWholeTurn()) return this.#inside()
    let silent = this.#held === 0
    while (taken !== undefined) {
      const before = this.#held
      if (this.#add(taken)) silent = false
      if (this.#held === before || this.#held >= wanted) break
      taken = this.#jitter.take(nowMs)
    }
    if (this.#held < wanted) {
      this.#decoded.fill(0, this.#held, wanted)
      this.#held = wanted
    }
    this.#frame.set(this.#decoded.subarray(0, wanted))
    this.#decoded.copyWithin(0, wanted, this.#held)
    this.#held -= wanted
    return silent ? undefined : this.#inside()
  }

  /** The usual case: a packet is a turn's sound, and is decoded to where it is wanted. */
  #isWholeTurn(): boolean {
    const { payload, payloadBytes, payloadType } = this.#jitter
    const frame = this.#frame
    if (payloadType !== this.#media.codec.payloadType) return false
    if (this.codec.samplesIn(payload, 0, payloadBytes) !== frame.length) return false
    if (this.codec.decode(payload, 0, payloadBytes, frame) !== frame.length) return false
    this.#dryMs = 0
    this.#conceal.good(frame, frame.length)
    return true
  }

  #inside(): Int16Array {
    return this.#toInside ? this.#toInside.run(this.#frame) : this.#frame
  }

  /** Adds one packet's sound; false when that is silence. */
  #add(taken: Taken): boolean {
    const jitter = this.#jitter
    const at = this.#decoded.subarray(this.#held)
    if (taken === 'frame') {
      if (jitter.payloadType === this.#media.comfortNoisePayloadType) return this.#comfort(at)
      const count = this.codec.decode(jitter.payload, 0, jitter.payloadBytes, at)
      if (count > 0) {
        this.#dryMs = 0
        this.#conceal.good(at, count)
        this.#held += count
        return true
      }
    }
    const count = Math.min(at.length, Math.round((jitter.packetTicks * this.codec.pcmHz) / this.codec.clockRate))
    if (taken === 'silence' && this.#hasNoise) return this.#comfort(at)
    this.#dryMs += taken === 'dry' ? (count * 1000) / this.codec.pcmHz : 0
    this.#held += count
    if (taken === 'silence' || this.#dryMs > concealedMs) {
      at.fill(0, 0, count)
      return false
    }
    this.#conceal.conceal(at, count)
    return true
  }

  #comfort(at: Int16Array): boolean {
    const jitter = this.#jitter
    if (jitter.payloadType === this.#media.comfortNoisePayloadType) {
      this.#hasNoise = this.#noise.set(jitter.payload, 0, jitter.payloadBytes)
    }
    const count = Math.min(at.length, this.#frame.length)
    this.#noise.write(at, count)
    this.#held += count
    return true
  }

  get heard(): { readonly ssrc: number; readonly reception: Reception } | undefined {
    return this.#ssrc === -1 ? undefined : { ssrc: this.#ssrc, reception: this.#reception }
  }

  /** Over all sources of the stream. */
  get counts() {
    const { received, octets, lost, jitterMs } = this.#reception
    return {
      packets: this.#receivedBefore + received,
      bytes: this.#octetsBefore + octets,
      lost: Math.max(0, this.#lostBefore + lost),
      late: this.#lateBefore + this.#jitter.late,
      duplicates: this.#duplicatesBefore + this.#jitter.duplicates,
      jitterMs,
      bufferMs: this.#jitter.wantedMs,
    }
  }

  close(): void {
    this.codec.close()
  }
}
