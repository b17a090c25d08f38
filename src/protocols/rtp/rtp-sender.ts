// What one source of ours sends (RFC 3550 5.1): sequence numbers and timestamps that go on, and the figures its reports give.

import { writeRtpHead } from './rtp-packet.ts'

/** What one SSRC of ours sends: sequence, timestamp and figures. All ticks are of the RTP clock. */
export class RtpSender {
  readonly ssrc: number
  packets = 0
  /** Payload only, as RTCP counts it. */
  octets = 0
  /** Of the next packet. */
  timestamp: number
  #sequence: number

  /** Both numbers should start at random (RFC 3550 5.1). */
  constructor(start: { ssrc: number; sequence: number; timestamp: number }) {
    this.ssrc = start.ssrc
    this.#sequence = start.sequence & 0xffff
    this.timestamp = start.timestamp >>> 0
  }

  /** Head of the next packet at the start of `into`; its payload is at 12. Counts it. `timestamp`: this one's, when not its own (RFC 4733). */
  head(into: Uint8Array, payloadType: number, payloadBytes: number, marker: boolean, timestamp: number = this.timestamp): void {
    writeRtpHead(into, payloadType, marker, this.#sequence, timestamp, this.ssrc)
    this.#sequence = (this.#sequence + 1) & 0xffff
    this.packets++
    this.octets += payloadBytes
  }

  /** Time goes on, whether or not a packet was sent. */
  advance(ticks: number): void {
    this.timestamp = (this.timestamp + ticks) >>> 0
  }
}
