/** RFC 3550 A.1, A.3 and A.8 for one source. Times are monotonic milliseconds; fractions count. */
export declare class Reception {
  readonly clockRate: number
  received: number
  octets: number
  jitterMs: number
  /** Sequence numbers started anew without a new SSRC (A.1 `bad_seq`). */
  restarts: number
  /** Extended: cycles and sequence. */
  highest: number
  constructor(clockRate: number)
  /** False: not yet believed (a jump of more than 3000; the next in order makes it a restart). */
  receive(sequence: number, timestamp: number, payloadBytes: number, arrivalMs: number): boolean
  /** Expected less received, as it is now; below zero with duplicates. */
  get lost(): number
  get expected(): number
  /** 0 to 255, since the last call of this. */
  takeFractionLost(): number
}
