/** Streaming, windowed sinc, any of 8, 16, 22.05, 24, 32, 44.1, 48 kHz to any other. Equal rates copy. */
export declare class Resampler {
  constructor(fromHz: number, toHz: number)
  /** The most samples that `process` can give for so many. */
  most(samples: number): number
  /** All of `samples` is taken; gives how many were written to `into` from `at` on. */
  process(from: Int16Array, samples: number, into: Int16Array, at?: number): number
  reset(): void
}
