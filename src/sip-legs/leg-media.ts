// The audio of one leg: its stream in a media worker and the offers and answers that say how it goes (RFC 3264). It is opened once, agreed
// as often as signalling asks for it, and closed with its figures. Knows no dialog: bytes of SDP go in and out.

import type { Place, Stream, StreamFigures, StreamNews } from '#media/contract.ts'
import { closeStream } from '#media/close-stream.ts'
import type { AgreedMedia, Direction, Transport } from '#protocols/sdp/agreed-media.ts'
import { isHold } from '#protocols/sdp/advertised.ts'
import type { Disagreement } from '#protocols/sdp/agreement.ts'
import { answerOffer, wantedTransport } from '#protocols/sdp/answer.ts'
import { makeNextOffer, makeOffer } from '#protocols/sdp/offer.ts'
import { parseSdp } from '#protocols/sdp/parse-sdp.ts'
import { readAnswer } from '#protocols/sdp/read-answer.ts'
import type { Sdp } from '#protocols/sdp/sdp.ts'
import { writeSdp } from '#protocols/sdp/write-sdp.ts'
import { refusal, type Refusal } from '#reasons/refusal.ts'
import type { Timer } from '#values/clock.ts'
import { mayAnswer, type LegParts, type MediaHosts, type MediaPolicy } from './leg-parts.ts'
import { mediaVerdict } from './media-verdict.ts'

export interface MediaEnd {
  readonly figures?: StreamFigures
  readonly mediaVerdict?: string
}

type Parts = Pick<LegParts, 'clock' | 'random' | 'faulted' | 'silenceMs'>

export interface MediaNews {
  /** The stream is gone though nobody asked for it. */
  lost(why: string): void
  /** The other side has not been heard for as long as it may be silent. */
  silent(detail: string): void
}

const incompatible = (evidence: string): Refusal => refusal('call.media_incompatible', {}, { evidence })

export class LegMedia {
  readonly #parts: Parts
  readonly #policy: MediaPolicy
  readonly #news: MediaNews
  #silence: Timer | undefined
  #stream: Stream | undefined
  #transport: Transport = 'rtp'
  #local: Sdp | undefined
  /** What stood before an offer of ours that may yet be refused. */
  #agreedLocal: Sdp | undefined
  #remote: Sdp | undefined
  #agreed: AgreedMedia | undefined
  #figures: StreamFigures | undefined
  #connectedAtMs: number | undefined
  #closing: Promise<MediaEnd> | undefined
  #holding = false

  constructor(parts: Parts, policy: MediaPolicy, news: MediaNews) {
    this.#parts = parts
    this.#policy = policy
    this.#news = news
  }

  get stream(): Stream | undefined {
    return this.#stream
  }

  get isAgreed(): boolean {
    return this.#agreed !== undefined
  }

  get heldByPeer(): boolean {
    return this.#remote !== undefined && isHold(this.#remote)
  }

  /** The last description of ours, as bytes. */
  get localSdp(): Buffer | undefined {
    return this.#local && Buffer.from(writeSdp(this.#local))
  }

  /** Opens the stream that the offer asks for and answers it. Rejects with call.media_incompatible or platform.media_full. */
  async answerFirst(place: Place, hosts: MediaHosts, offer: Buffer): Promise<Buffer> {
    const sdp = this.#read(offer)
    const transport = wantedTransport(sdp)
    if (transport === undefined || !mayAnswer(this.#policy, transport)) {
      throw incompatible(transport === undefined ? 'the offer has no audio' : `the offer asks for ${transport}`)
    }
    await this.#open(place, hosts, transport)
    return this.#answer(sdp, transport)
  }

  /** Opens a stream and offers it. Rejects with platform.media_full. */
  async offerFirst(place: Place, hosts: MediaHosts, transport: Transport): Promise<Buffer> {
    await this.#open(place, hosts, transport)
    const sessionId = BigInt(`0x${this.#parts.random(7)}`).toString()
    return this.#sent(makeOffer({ ...this.#wish('sendrecv'), origin: { sessionId, version: '1' } }))
  }

  /** A later offer of theirs: hold, another codec, another address. Throws call.media_incompatible; then all stays as it was. */
  answerAgain(offer: Buffer): Buffer {
    const sdp = this.#read(offer)
    return this.#answer(sdp, wantedTransport(sdp))
  }

  #answer(sdp: Sdp, transport: Transport | undefined): Buffer {
    if (transport !== undefined && transport !== this.#transport) throw incompatible(`the offer changes to ${transport}`)
    const origin = this.#local?.origin ?? { sessionId: BigInt(`0x${this.#parts.random(7)}`).toString(), version: '1' }
    const came = answerOffer(sdp, { ...this.#wish(this.#direction()), origin }, this.#local)
    if ('disagreement' in came) throw incompatible(came.text)
    this.#remote = sdp
    this.#connect(came.agreed)
    return this.#sent(came.answer)
  }

  /** An offer in a session that has one: `holding` puts the other side on hold, or takes it back. */
  offerAgain(holding = this.#holding): Buffer {
    if (this.#local === undefined) throw new Error('an offer follows an offer or answer of ours')
    this.#holding = holding
    return this.#sent(makeNextOffer(this.#wish(this.#direction()), this.#local))
  }

  /** Our last offer was refused: what stood before it stands again. */
  offerRefused(wasHolding: boolean): void {
    this.#holding = wasHolding
    if (this.#agreedLocal !== undefined) this.#local = this.#agreedLocal
  }

  get holding(): boolean {
    return this.#holding
  }

  /** Their answer to our last offer. Throws call.media_incompatible. */
  takeAnswer(answer: Buffer): void {
    const sdp = this.#read(answer)
    if (this.#local === undefined) throw incompatible('an answer came to no offer')
    const came: AgreedMedia | Disagreement = readAnswer(this.#local, sdp)
    if ('disagreement' in came) throw incompatible(came.text)
    this.#remote = sdp
    this.#connect(came)
  }

  /**
   * An offer with another stream, in another place; `taken` hears the answer, or that there is none. Until then both are open, and what the
   * other side sends is heard by the one before.
   */
  async moveTo(place: Place, hosts: MediaHosts): Promise<{ offer: Buffer; taken: (answer: Buffer | undefined) => void }> {
    const [before, beforeLocal] = [this.#stream, this.#local]
    if (before === undefined || beforeLocal === undefined) throw new Error('what moves has a stream')
    const stream = await place.open({ transport: this.#transport, ...hosts })
    const offer = this.#sent(makeNextOffer({ ...this.#wish(this.#direction()), local: stream.local }, beforeLocal))
    return {
      offer,
      taken: (answer) => {
        if (answer === undefined || this.#closing !== undefined) {
          this.#local = beforeLocal
          stream.close()
          return
        }
        this.#stream = stream
        stream.onNews((news) => this.#heard(stream, news))
        before.close()
        this.takeAnswer(answer)
      },
    }
  }

  /** Hands out digits of signalling as if they were heard. */
  heard(digit: string, durationMs: number): void {
    this.#stream?.heardDigit(digit, durationMs)
  }

  /** Ends the stream; resolves with how it went, soon in any case. */
  close(): Promise<MediaEnd> {
    this.#silence?.cancel()
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<MediaEnd> {
    const stream = this.#stream
    if (stream === undefined) return {}
    const { clock } = this.#parts
    const connectedMs = this.#connectedAtMs === undefined ? 0 : clock.elapsedMs() - this.#connectedAtMs
    await closeStream(stream, clock)
    const verdict = mediaVerdict({
      figures: this.#figures,
      local: this.#local,
      remote: this.#remote,
      connectedMs,
      onHold: this.#holding || this.heldByPeer,
    })
    return {
      ...(this.#figures !== undefined && { figures: this.#figures }),
      ...(verdict !== undefined && { mediaVerdict: verdict }),
    }
  }

  async #open(place: Place, { bindHost, advertisedHost }: MediaHosts, transport: Transport): Promise<void> {
    if (this.#stream !== undefined) throw new Error('a leg has one stream')
    const stream = await place.open({ transport, bindHost, advertisedHost })
    this.#transport = transport
    this.#stream = stream
    stream.onNews((news) => this.#heard(stream, news))
    // The leg ended while the worker was asked.
    if (this.#closing !== undefined) stream.close()
  }

  #heard(stream: Stream, news: StreamNews): void {
    // Of one that was left for another nobody needs to know.
    if (stream !== this.#stream) return
    if (news.type === 'figures') this.#figures = news.figures
    if (news.type === 'silent') this.#watchSilence(this.#parts.silenceMs - news.forMs, news.ever)
    if (news.type === 'resumed') this.#silence?.cancel()
    if (news.type !== 'closed') return
    this.#figures = news.figures ?? this.#figures
    if (this.#closing === undefined) this.#news.lost(news.why)
  }

  /** RTCP counts as a sign of life: a muted phone may send nothing else. */
  #watchSilence(leftMs: number, ever: boolean): void {
    const { clock, silenceMs } = this.#parts
    if (silenceMs === 0) return
    this.#silence?.cancel()
    this.#silence = clock.after(Math.max(0, leftMs), () => {
      if (this.#closing !== undefined || this.#holding || this.heldByPeer) return
      const reportedMs = this.#figures?.reportedAtMs
      const sinceReportMs = reportedMs === undefined ? silenceMs : clock.nowMs() - reportedMs
      if (sinceReportMs < silenceMs) return this.#watchSilence(silenceMs - sinceReportMs, ever)
      this.#news.silent(`${ever ? 'nothing more' : 'nothing'} was heard for ${silenceMs / 1000} s`)
      // Not answered yet.
      if (this.#closing === undefined) this.#watchSilence(silenceMs, ever)
    })
  }

  #connect(agreed: AgreedMedia): void {
    this.#agreed = agreed
    this.#connectedAtMs ??= this.#parts.clock.elapsedMs()
    // What is to come is counted anew: on hold it is nothing.
    this.#silence?.cancel()
    this.#stream?.connect(agreed)
  }

  #sent(sdp: Sdp): Buffer {
    this.#agreedLocal = this.#local
    this.#local = sdp
    return Buffer.from(writeSdp(sdp))
  }

  #direction(): Direction {
    return this.#holding ? 'sendonly' : 'sendrecv'
  }

  #wish(direction: Direction) {
    if (this.#stream === undefined) throw new Error('a wish is made for an open stream')
    return {
      local: this.#stream.local,
      transport: this.#transport,
      codecs: this.#policy.codecs,
      events: this.#policy.digits === 'rfc4733',
      direction,
    }
  }

  #read(bytes: Buffer): Sdp {
    const sdp = parseSdp(bytes.toString('utf8'))
    if ('fault' in sdp) throw incompatible(`line ${sdp.line} of the session description: ${sdp.fault}`)
    return sdp
  }
}
