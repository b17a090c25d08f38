/** RFC 3550 6.4: numbers as on the wire. */
export interface ReportBlock {
  readonly ssrc: number
  /** of 256 */
  readonly fractionLost: number
  /** signed 24 bits */
  readonly lost: number
  readonly highest: number
  /** in ticks */
  readonly jitter: number
  readonly lastSenderReport: number
  /** 1/65536 s */
  readonly delaySinceSenderReport: number
}
export type RtcpPacket =
  | {
      readonly type: 'senderReport'
      readonly ssrc: number
      readonly ntpSeconds: number
      readonly ntpFraction: number
      readonly rtpTimestamp: number
      readonly packets: number
      readonly octets: number
      readonly reports: readonly ReportBlock[]
    }
  | { readonly type: 'receiverReport'; readonly ssrc: number; readonly reports: readonly ReportBlock[] }
  | {
      readonly type: 'description'
      readonly chunks: readonly {
        readonly ssrc: number
        readonly items: readonly { readonly type: number; readonly text: string }[]
      }[]
    }
  | { readonly type: 'bye'; readonly sources: readonly number[]; readonly reason?: string }
  /** Feedback, extended reports, APP: as octets. */
  | { readonly type: 'other'; readonly packetType: number; readonly count: number; readonly body: Uint8Array }
/** A whole compound packet; undefined: not RTCP, or its lengths do not hold (A.2). A first packet other than SR and RR is borne (RFC 5506). */
export declare function parseRtcp(datagram: Uint8Array): RtcpPacket[] | undefined
export declare function writeRtcp(packets: readonly RtcpPacket[]): Uint8Array
/** SDES item 1 */
export declare const cnameItem: 1
