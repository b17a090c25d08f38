export type Put = 'kept' | 'late' | 'duplicate' | 'overflow'
/** frame: `payload`, `payloadBytes`. lost: conceal one packet's time. silence: the other side sends nothing (DTX), a packet's time of comfort noise
 *  or silence. dry: nothing is there (yet); conceal while it is short. */
export type Taken = 'frame' | 'lost' | 'silence' | 'dry'
/** Adaptive; one source. `take` is called whenever the next packet's time of sound is needed. */
export declare class JitterBuffer {
  constructor(how: { clockRate: number; packetMs: number; leastMs?: number; mostMs?: number })
  /** Octets are copied. */
  put(
    datagram: Uint8Array,
    at: number,
    bytes: number,
    payloadType: number,
    sequence: number,
    timestamp: number,
    marker: boolean,
    arrivalMs: number,
  ): Put
  take(nowMs: number): Taken
  /** Of the frame last taken. Valid until the next `put`. */
  readonly payload: Uint8Array
  readonly payloadBytes: number
  readonly payloadType: number
  /** RTP ticks each take stands for, as the other side packs. */
  readonly packetTicks: number
  readonly late: number
  readonly duplicates: number
  /** Frames left out to come back to the wanted delay (clock drift, a past burst). */
  readonly skipped: number
  /** What is held now, and what is aimed at. */
  readonly heldMs: number
  readonly wantedMs: number
  reset(): void
}
