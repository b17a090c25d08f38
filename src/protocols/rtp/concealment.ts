/** Pitch repetition after ITU-T G.711 Appendix I, at any rate. Frames of up to 60 ms. */
export declare class Concealment {
  constructor(rateHz: number)
  /** A frame that came: kept, and after a loss blended in place with what was made up. */
  good(pcm: Int16Array, samples: number): void
  /** A frame that did not; fades to silence within 60 ms. */
  conceal(into: Int16Array, samples: number): void
}
