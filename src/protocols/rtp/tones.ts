/** Frequencies of a DTMF digit (ITU-T Q.23); undefined for none. */
export declare function dtmfOf(digit: string): readonly [low: number, high: number] | undefined
/** Sums of sines, phase kept from frame to frame, 2 ms ramps at both ends. */
export declare class ToneGenerator {
  constructor(rateHz: number)
  /** Level of each, dBm0; default -10. An empty list is silence. */
  set(hz: readonly number[], levelDbm0?: number): void
  /** Overwrites `samples` of `into` from `at`. */
  write(into: Int16Array, at: number, samples: number): void
}
