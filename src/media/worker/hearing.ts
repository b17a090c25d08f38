// Whether and how well the other side is heard: when packets came first and last, silence where sound should be, the figures, and
// the reports that go out (RFC 3550 6).

import { mosOf } from '#protocols/rtp/e-model.ts'
import { RtcpReports, reportIntervalMs } from '#protocols/rtp/rtcp-reports.ts'
import { parseRtcp } from '#protocols/rtp/rtcp.ts'
import type { Clock } from '#values/clock.ts'
import type { StreamFigures, StreamNews } from '../contract.ts'
import type { AgreedMedia } from '#protocols/sdp/agreed-media.ts'
import type { Receiver } from './receiver.ts'
import type { Sender } from './sender.ts'
import type { Wire } from './wire.ts'

/** After which nothing coming is news. */
const silentMs = 4_000
const figuresMs = 5_000

export class Hearing {
  /** A packet that was believed came then. */
  lastMs: number
  readonly #clock: Clock
  readonly #news: (news: StreamNews) => void
  readonly #reports: RtcpReports
  readonly #media: AgreedMedia
  #ever = false
  #silent = false
  #reportAtMs: number
  #figuresAtMs: number
  #reportedMs: number | undefined
  readonly receives: boolean

  constructor(
    clock: Clock,
    own: { readonly ssrc: number; readonly cname: string },
    media: AgreedMedia,
    former: Hearing | undefined,
    news: (news: StreamNews) => void,
  ) {
    const now = clock.elapsedMs()
    this.#clock = clock
    this.#news = news
    this.#media = media
    this.receives = media.direction === 'sendrecv' || media.direction === 'recvonly'
    this.#ever = former !== undefined && former.#ever
    this.lastMs = now
    this.#reports =
      former && former.#media.codec.clockRate === media.codec.clockRate
        ? former.#reports
        : new RtcpReports({ ...own, clockRate: media.codec.clockRate })
    this.#reportAtMs = former ? former.#reportAtMs : now + reportIntervalMs(Math.random(), true)
    this.#figuresAtMs = former ? former.#figuresAtMs : now + figuresMs
    this.#reportedMs = former && former.#reportedMs
  }

  /** Sound may come from now on. */
  begin(nowMs: number): void {
    this.lastMs = nowMs
  }

  packet(nowMs: number): void {
    if (!this.#ever) {
      this.#ever = true
      this.#news({ type: 'firstPacket', atMs: this.#clock.nowMs() })
    }
    if (this.#silent) {
      this.#silent = false
      this.#news({ type: 'resumed', afterMs: Math.round(nowMs - this.lastMs) })
    }
    this.lastMs = nowMs
  }

  rtcp(datagram: Uint8Array, bytes: number): void {
    const packets = parseRtcp(datagram.subarray(0, bytes))
    if (!packets) return
    this.#reportedMs = this.#clock.nowMs()
    this.#reports.take(packets, this.#reportedMs)
  }

  turn(nowMs: number, wire: Wire, sender: Sender, receiver: Receiver): void {
    const quietMs = nowMs - this.lastMs
    if (this.receives && !this.#silent && quietMs >= silentMs) {
      this.#silent = true
      this.#news({ type: 'silent', forMs: Math.round(quietMs), ever: this.#ever })
    }
    if (nowMs >= this.#reportAtMs) {
      this.#reportAtMs = nowMs + reportIntervalMs(Math.random(), false)
      this.report(wire, sender, receiver)
    }
    if (nowMs >= this.#figuresAtMs) {
      this.#figuresAtMs = nowMs + figuresMs
      this.#news({ type: 'figures', figures: this.figures(wire, sender, receiver) })
    }
  }

  report(wire: Wire, sender: Sender, receiver: Receiver, bye = false): void {
    wire.sendRtcp(this.#reports.make(this.#clock.nowMs(), sender.rtp, receiver.heard, bye))
  }

  figures(wire: Wire, sender: Sender, receiver: Receiver): StreamFigures {
    const now = this.#clock.elapsedMs()
    const { jitterMs, bufferMs, ...received } = receiver.counts
    const { remoteLost, remoteJitterMs, roundTripMs } = this.#reports
    const codec = this.#media.codec
    const unheard = (received.lost + received.late) / Math.max(1, received.packets + received.lost)
    const delayMs = codec.packetMs + bufferMs + (roundTripMs ?? 0) / 2
    const quietMs = now - this.lastMs
    return {
      atMs: this.#clock.nowMs(),
      sent: { packets: sender.rtp.packets, bytes: sender.rtp.octets },
      received,
      jitterMs,
      codec: codec.name,
      ...(remoteLost === undefined
        ? {}
        : {
            remote: {
              lost: remoteLost,
              jitterMs: remoteJitterMs ?? 0,
              ...(roundTripMs === undefined ? {} : { roundTripMs }),
            },
          }),
      ...(received.packets > 0 ? { mos: mosOf({ codec: codec.name, loss: Math.min(1, unheard), delayMs }) } : {}),
      ...(this.receives && quietMs >= silentMs ? { silentSinceMs: this.#clock.nowMs() - Math.round(quietMs) } : {}),
      ...(this.#reportedMs === undefined ? {} : { reportedAtMs: this.#reportedMs }),
      ...(wire.source ? { source: wire.source } : {}),
    }
  }
}
