// One stream: its turn each 20 ms, what comes over its wire, what is asked of it.
//
//   wire -> Receiver -> what is heard -> digits, Asks (collect, record, listen), its seat in a mix
//   what is played, or the mix without itself -> Asks (record) -> Sender -> wire
//
// Two alone in a mix that speak the same codec, and of whose sound nobody wants anything, get each other's packets as they are.

import { randomBytes } from 'node:crypto'
import { DtmfDetector } from '#protocols/rtp/dtmf-detector.ts'
import { emptyRtpPacket, readRtp } from '#protocols/rtp/rtp-packet.ts'
import { RtpSender } from '#protocols/rtp/rtp-sender.ts'
import { openCodec } from '#protocols/rtp/open-codec.ts'
import type { SpeechCodec } from '#protocols/rtp/speech-codec.ts'
import type { DigitListener } from '#protocols/rtp/telephone-event.ts'
import type { InMix, StreamFigures, StreamNews } from '../contract.ts'
import type { AgreedMedia, LocalMedia } from '#protocols/sdp/agreed-media.ts'
import { Asks } from './asks.ts'
import { frameOf, type RateHz } from './frames.ts'
import { Hearing } from './hearing.ts'
import type { Deed } from './messages.ts'
import type { Mix, Seat, SeatWish } from './mix.ts'
import { Receiver } from './receiver.ts'
import type { Room } from './room.ts'
import { Sender } from './sender.ts'
import type { Ticking } from './ticks.ts'
import type { Wire, WireNews } from './wire.ts'

/** Without packets for so long there is nothing to pass on, and silence is sent. */
const relayQuietMs = 500
/** Frames of silence that the in-band detector needs to see a digit's end. */
const detectorTail = 5

type DigitWord = (StreamNews & { type: 'digit' })['by']

/** All that hangs on what was agreed. */
interface Agreed {
  readonly media: AgreedMedia
  readonly codec: SpeechCodec
  readonly rateHz: RateHz
  readonly receiver: Receiver
  readonly sender: Sender
  readonly hearing: Hearing
  readonly detector: DtmfDetector | undefined
}

/** A session that is refreshed, held or moved is heard on without a gap. */
function soundsAlike(one: AgreedMedia, other: AgreedMedia): boolean {
  const parts = ({ codec, eventPayloadType, comfortNoisePayloadType }: AgreedMedia) =>
    [codec.name, codec.payloadType, codec.packetMs, eventPayloadType, comfortNoisePayloadType].join()
  return parts(one) === parts(other)
}

/** Filled for each packet that comes to this worker. */
const packet = emptyRtpPacket()

export class MediaStream implements Ticking, WireNews {
  readonly id: number
  readonly #room: Room<MediaStream>
  readonly #post: (news: StreamNews) => void
  readonly #own: { readonly ssrc: number; readonly cname: string }
  readonly #rtp: RtpSender
  readonly #asks: Asks
  #wire: Wire | undefined
  #agreed: Agreed | undefined
  #mix: Mix | undefined
  #seat: Seat | undefined
  #inMix: InMix | undefined
  #out = frameOf(8000)
  #tail = 0
  #relaysTo: MediaStream | undefined
  #closing = false

  constructor(id: number, room: Room<MediaStream>, post: (news: StreamNews) => void) {
    this.id = id
    this.#room = room
    this.#post = post
    const random = randomBytes(22)
    this.#own = { ssrc: random.readUInt32BE(0), cname: random.toString('base64url', 4, 16) }
    const [sequence, timestamp] = [random.readUInt16BE(16), random.readUInt32BE(18)]
    this.#rtp = new RtpSender({ ssrc: this.#own.ssrc, sequence, timestamp })
    this.#asks = new Asks({
      clock: room.clock,
      cache: room.cache,
      rateHz: 8000,
      digitWay: () => (this.#agreed?.media.eventPayloadType === undefined ? undefined : this.#agreed.sender),
      mixPlayer: () => this.#mix?.player,
      news: post,
    })
  }

  opened(wire: Wire): LocalMedia {
    this.#wire = wire
    return { ...wire.local, ...this.#own }
  }

  do(deed: Deed): void {
    if (this.#closing) return
    if (deed.do === 'connect') this.#connect(deed.media)
    else if (deed.do === 'play') this.#asks.play(deed.ask, deed.play)
    else if (deed.do === 'collect') this.#asks.collect(deed.ask, deed.collect)
    else if (deed.do === 'record') this.#asks.record(deed.ask, deed.recording)
    else if (deed.do === 'stop') this.#asks.stop(deed.ask)
    else if (deed.do === 'sendDigits') this.sendDigits(deed.digits)
    else if (deed.do === 'heardDigit') this.#signalled(deed.digit, deed.durationMs)
    else if (deed.do === 'join') this.#join(deed.mix)
    else if (deed.do === 'leave') this.#leave()
    else if (deed.do === 'close') void this.close('asked')
  }

  // What was agreed

  #connect(media: AgreedMedia): void {
    const former = this.#agreed
    const heard = former && soundsAlike(former.media, media) ? former : this.#hearWith(media, former)
    const { codec, rateHz } = heard
    const hearing = new Hearing(this.#room.clock, this.#own, media, former?.hearing, this.#post)
    // What was kept from before a hold is not heard after it.
    if (former && hearing.receives && !former.hearing.receives) heard.receiver.forget()
    const sender = new Sender(this.#wire!, this.#rtp, media, codec, rateHz, former?.sender)
    this.#agreed = { ...heard, media, hearing, sender }
    this.#out = frameOf(rateHz)
    this.#asks.setRate(rateHz)
    this.#stopRelay()
    if (this.#inMix) this.#join(this.#inMix)
    this.#wire!.connect(media)
  }

  #hearWith(media: AgreedMedia, former: Agreed | undefined): Pick<Agreed, 'codec' | 'rateHz' | 'receiver' | 'detector'> {
    const codec = openCodec(media.codec.name)
    const rateHz: RateHz = codec.pcmHz === 8000 ? 8000 : 16000
    const receiver = new Receiver(media, codec, rateHz, this.#digits('rfc4733'))
    if (former) {
      receiver.continueFrom(former.receiver)
      former.receiver.close()
    }
    const inBand = media.eventPayloadType === undefined
    return { codec, rateHz, receiver, detector: inBand ? new DtmfDetector(rateHz, this.#digits('inband')) : undefined }
  }

  /** From here on there are turns: what was played before it would be heard by nobody. */
  connected(): void {
    if (this.#closing) return
    this.#agreed?.hearing.begin(this.#room.clock.elapsedMs())
    this.#room.ticks.add(this)
    this.#post({ type: 'connected' })
  }

  failed(): void {
    void this.close('transport_failed')
  }

  left(): void {
    void this.close('left')
  }

  // What comes

  rtp(datagram: Uint8Array, bytes: number): void {
    const agreed = this.#agreed
    if (!agreed || this.#closing || !readRtp(datagram, bytes, packet)) return
    const now = this.#room.clock.elapsedMs()
    if (!agreed.hearing.receives) return void agreed.receiver.count(packet, now)
    const to = this.#relaysTo
    if (!agreed.receiver.take(datagram, packet, now, to !== undefined)) return
    agreed.hearing.packet(now)
    if (to && packet.payloadType === agreed.media.codec.payloadType) to.#pass(datagram)
  }

  /** The packet is the one that was just read. */
  #pass(datagram: Uint8Array): void {
    if (!this.#closing) this.#agreed?.sender.relay(datagram, packet)
  }

  rtcp(datagram: Uint8Array, bytes: number): void {
    this.#agreed?.hearing.rtcp(datagram, bytes)
  }

  #digits(by: DigitWord): DigitListener {
    return {
      digitStarted: (digit) => this.#asks.digit(digit),
      digitEnded: (digit, durationMs) => {
        this.#post({ type: 'digit', digit, durationMs: Math.round(durationMs), by })
        // In the band the other of two hears it anyway.
        if (by !== 'inband') this.#passDigit(digit, durationMs)
      },
    }
  }

  #signalled(digit: string, durationMs: number): void {
    const listener = this.#digits('info')
    listener.digitStarted(digit)
    listener.digitEnded(digit, durationMs)
  }

  #passDigit(digit: string, durationMs: number): void {
    const other = this.#seat?.other
    if (other) this.#room.streams.get(other.wish.stream)?.sendDigits(digit, Math.max(40, durationMs))
  }

  sendDigits(digits: string, durationMs?: number): void {
    this.#agreed?.sender.send(digits, durationMs)
  }

  relaysTo(other: MediaStream): boolean {
    return this.#relaysTo === other
  }

  // The turn

  tick(nowMs: number, missed: number): void {
    const agreed = this.#agreed!
    const { receiver, sender, hearing } = agreed
    this.#chooseRelay(nowMs)
    receiver.tick(nowMs)
    const heard = hearing.receives && !this.#relaysTo ? receiver.frame(nowMs) : undefined
    if (agreed.detector) this.#detect(agreed.detector, heard)
    this.#seat?.give(heard)
    const relayed = this.#isRelayedTo()
    const said = relayed ? undefined : this.#speak()
    this.#asks.turn(heard, said, nowMs)
    sender.turn(said, missed, relayed)
    hearing.turn(nowMs, this.#wire!, sender, receiver)
  }

  #detect(detector: DtmfDetector, heard: Int16Array | undefined): void {
    if (heard) {
      this.#tail = detectorTail
      detector.feed(heard, heard.length)
    } else if (this.#tail > 0) {
      this.#tail -= 1
      detector.feed(this.#out.fill(0), this.#out.length)
    }
  }

  /** What the other side is to hear in this turn; undefined: nothing. */
  #speak(): Int16Array | undefined {
    const out = this.#out
    const player = this.#asks.player
    let any = false
    if (!player.isIdle) any = player.read(out)
    if (!any && this.#seat) any = this.#seat.hear(out)
    if (player.isIdle) return any ? out : undefined
    if (!any) out.fill(0)
    player.layOver(out)
    return out
  }

  // Passing packets on

  #isRelayedTo(): boolean {
    const other = this.#seat?.other
    return other !== undefined && (this.#room.streams.get(other.wish.stream)?.relaysTo(this) ?? false)
  }

  #chooseRelay(nowMs: number): void {
    const to = this.#relayTarget(nowMs)
    if (to === this.#relaysTo) return
    this.#relaysTo = to
    // What was kept is as old as the buffer is long; what comes from now on goes at once.
    this.#agreed!.receiver.forget()
  }

  #relayTarget(nowMs: number): MediaStream | undefined {
    const other = this.#seat?.other
    if (!other) return undefined
    const to = this.#room.streams.get(other.wish.stream)
    const mine = this.#agreed
    if (!mine || nowMs - mine.hearing.lastMs > relayQuietMs) return undefined
    if (!to || !to.#agreed || to.#closing) return undefined
    const theirs = to.#agreed
    const same = mine.media.codec.name === theirs.media.codec.name && mine.media.codec.packetMs === theirs.media.codec.packetMs
    const wanted = mine.detector !== undefined || !this.#asks.areIdle || !to.#asks.areIdle
    return !same || wanted || !mine.hearing.receives ? undefined : to
  }

  #stopRelay(): void {
    this.#relaysTo = undefined
  }

  // The mix

  #join(inMix: InMix): void {
    this.#inMix = inMix
    if (!this.#agreed) return
    const wish: SeatWish = {
      stream: this.id,
      rateHz: this.#agreed.rateHz,
      muted: inMix.muted || !this.#agreed.hearing.receives,
      deaf: inMix.deaf ?? false,
      whisperTo: inMix.whisperTo,
    }
    if (this.#seat && this.#mix?.name === inMix.mix) return this.#mix.change(this.#seat, wish)
    this.#stand()
    this.#mix = this.#room.mix(inMix.mix)
    this.#seat = this.#mix.sit(wish)
  }

  #leave(): void {
    this.#inMix = undefined
    this.#stand()
    // What was pressed was for those who were talked to.
    this.#asks.forgetTyped()
  }

  #stand(): void {
    this.#stopRelay()
    if (!this.#mix || !this.#seat) return
    this.#mix.stand(this.#seat)
    this.#room.left(this.#mix)
    this.#mix = undefined
    this.#seat = undefined
  }

  // The end

  async close(why: 'asked' | 'transport_failed' | 'left'): Promise<void> {
    if (this.#closing) return
    this.#closing = true
    this.#room.ticks.remove(this)
    this.#room.streams.delete(this.id)
    const agreed = this.#agreed
    const asksClosed = this.#asks.close()
    // Before files are written: without turns it would be heard in the mix as it was last, over and over.
    this.#stand()
    await asksClosed
    let figures: StreamFigures | undefined
    if (agreed) {
      figures = agreed.hearing.figures(this.#wire!, agreed.sender, agreed.receiver)
      agreed.hearing.report(this.#wire!, agreed.sender, agreed.receiver, true)
      agreed.receiver.close()
    }
    await this.#wire?.close()
    this.#post({ type: 'closed', why, ...(figures ? { figures } : {}) })
  }
}
