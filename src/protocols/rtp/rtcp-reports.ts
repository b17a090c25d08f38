import type { Reception } from './reception.ts'
import type { ReportBlock, RtcpPacket } from './rtcp.ts'
import type { RtpSender } from './rtp-sender.ts'
/** Makes our reports of one stream and reads theirs. Wall clock ms (UTC) for NTP, as the spec has it. */
export declare class RtcpReports {
  constructor(own: { ssrc: number; cname: string; clockRate: number })
  /** SR when we sent since the last, else RR; with SDES CNAME. `bye` ends it. */
  make(
    atMs: number,
    sender: RtpSender,
    heard?: { readonly ssrc: number; readonly reception: Reception },
    bye?: boolean,
  ): Uint8Array
  /** Theirs; gives the block about us, if there is one. Afterwards `roundTripMs`, `remoteLost` (0 to 1) and `remoteJitterMs` are up to date. */
  take(packets: readonly RtcpPacket[], atMs: number): ReportBlock | undefined
  readonly roundTripMs: number | undefined
  readonly remoteLost: number | undefined
  readonly remoteJitterMs: number | undefined
  /** BYE was among them. */
  readonly ended: boolean
}
/** When the next is due: 5 s, times 0.5 to 1.5, by 1.21828 (6.2, 6.3.1). `random`: 0 to below 1. */
export declare function reportIntervalMs(random: number, isFirst: boolean): number
