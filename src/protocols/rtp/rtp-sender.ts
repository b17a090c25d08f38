/** What one SSRC of ours sends: sequence, timestamp and figures. All ticks are of the RTP clock. */
export declare class RtpSender {
  readonly ssrc: number
  packets: number
  /** Payload only, as RTCP counts it. */
  octets: number
  /** Of the next packet. */
  timestamp: number
  constructor(start: { ssrc: number; sequence: number; timestamp: number })
  /** Head of the next packet at the start of `into`; its payload is at 12. Counts it. `timestamp`: this one's, when not its own (RFC 4733). */
  head(into: Uint8Array, payloadType: number, payloadBytes: number, marker: boolean, timestamp?: number): void
  /** Time goes on, whether or not a packet was sent. */
  advance(ticks: number): void
}
