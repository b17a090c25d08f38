/** RFC 3389 receiver: noise of a level and, where given, a spectrum. */
export declare class ComfortNoise {
  /** `random`: 0 to below 1. */
  constructor(random?: () => number)
  /** A CN payload. False: empty. */
  set(payload: Uint8Array, at: number, bytes: number): boolean
  /** 0 to 127, -dBov. */
  setLevel(level: number): void
  write(into: Int16Array, samples: number): void
}
/** One octet: the level of the frame. Gives octets written (1). */
export declare function writeComfortNoise(levelDbov: number, into: Uint8Array, at: number): number
