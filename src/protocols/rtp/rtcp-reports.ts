// One stream's RTCP: our reports, and what theirs say of us (RFC 3550 6.4). With one peer a stream the interval needs no counting of members.

import type { Reception } from './reception.ts'
import { cnameItem, writeRtcp, type ReportBlock, type RtcpPacket } from './rtcp.ts'
import type { RtpSender } from './rtp-sender.ts'

/** From 1900 to 1970 (RFC 3550 4 counts like NTP). */
const ntpEpochSeconds = 2_208_988_800

/** Makes our reports of one stream and reads theirs. Wall clock ms (UTC) for NTP, as the spec has it. */
export class RtcpReports {
  readonly #own: { ssrc: number; cname: string; clockRate: number }
  #packetsBefore = 0
  /** The middle 32 bits of their last sender report's time, and when it came. */
  #lastSenderReport = 0
  #lastSenderReportAtMs = 0
  roundTripMs: number | undefined
  /** As a share, in the time of their last report. */
  remoteLost: number | undefined
  remoteJitterMs: number | undefined
  /** BYE was among them. */
  ended = false

  constructor(own: { ssrc: number; cname: string; clockRate: number }) {
    this.#own = own
  }

  /** SR when we sent since the last, else RR; with SDES CNAME. `bye` ends it. */
  make(
    atMs: number,
    sender: RtpSender,
    heard?: { readonly ssrc: number; readonly reception: Reception },
    bye = false,
  ): Uint8Array {
    const { ssrc, cname } = this.#own
    const reports = heard === undefined || heard.reception.received === 0 ? [] : [this.#block(atMs, heard.ssrc, heard.reception)]
    const packets: RtcpPacket[] = [
      sender.packets > this.#packetsBefore
        ? this.#senderReport(atMs, sender, reports)
        : { type: 'receiverReport', ssrc, reports },
      { type: 'description', chunks: [{ ssrc, items: [{ type: cnameItem, text: cname }] }] },
    ]
    if (bye) packets.push({ type: 'bye', sources: [ssrc] })
    this.#packetsBefore = sender.packets
    return writeRtcp(packets)
  }

  #senderReport(atMs: number, sender: RtpSender, reports: readonly ReportBlock[]): RtcpPacket {
    return {
      type: 'senderReport',
      ssrc: this.#own.ssrc,
      ntpSeconds: (Math.floor(atMs / 1000) + ntpEpochSeconds) >>> 0,
      ntpFraction: Math.floor(((atMs % 1000) / 1000) * 2 ** 32),
      rtpTimestamp: sender.timestamp,
      packets: sender.packets,
      octets: sender.octets,
      reports,
    }
  }

  #block(atMs: number, ssrc: number, reception: Reception): ReportBlock {
    const known = this.#lastSenderReport !== 0
    return {
      ssrc,
      fractionLost: reception.takeFractionLost(),
      lost: reception.lost,
      highest: reception.highest,
      jitter: Math.round((reception.jitterMs * reception.clockRate) / 1000),
      lastSenderReport: this.#lastSenderReport,
      delaySinceSenderReport: known ? Math.max(0, Math.round(((atMs - this.#lastSenderReportAtMs) * 65_536) / 1000)) : 0,
    }
  }

  /** Theirs; gives the block about us, if there is one. Afterwards `roundTripMs`, `remoteLost` (0 to 1) and `remoteJitterMs` are up to date. */
  take(packets: readonly RtcpPacket[], atMs: number): ReportBlock | undefined {
    let aboutUs: ReportBlock | undefined
    for (const packet of packets) {
      if (packet.type === 'bye') this.ended = true
      if (packet.type === 'senderReport') {
        this.#lastSenderReport = ((packet.ntpSeconds << 16) | (packet.ntpFraction >>> 16)) >>> 0
        this.#lastSenderReportAtMs = atMs
      }
      if (packet.type === 'senderReport' || packet.type === 'receiverReport')
        aboutUs = packet.reports.find(({ ssrc }) => ssrc === this.#own.ssrc) ?? aboutUs
    }
    if (aboutUs !== undefined) this.#learn(aboutUs, atMs)
    return aboutUs
  }

  #learn(block: ReportBlock, atMs: number): void {
    this.remoteLost = block.fractionLost / 256
    this.remoteJitterMs = (block.jitter * 1000) / this.#own.clockRate
    if (block.lastSenderReport === 0) return
    // 6.4.1: A - LSR - DLSR, in 1/65536 s, modulo 2^32. What is below zero or beyond 10 s is a clock that was set, or a lie.
    const arrival = Math.floor(((atMs / 1000 + ntpEpochSeconds) % 65_536) * 65_536)
    const trip = (arrival - block.lastSenderReport - block.delaySinceSenderReport) | 0
    if (trip >= -66 && trip < 10 * 65_536) this.roundTripMs = (Math.max(0, trip) * 1000) / 65_536
  }
}

/** When the next is due: 5 s, times 0.5 to 1.5, by 1.21828 (6.2, 6.3.1). `random`: 0 to below 1. */
export function reportIntervalMs(random: number, isFirst: boolean): number {
  return ((isFirst ? 2500 : 5000) * (0.5 + random)) / 1.218_28
}
