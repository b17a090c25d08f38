/** Energy over an adaptive noise floor, with hangover. */
export declare class VoiceActivity {
  constructor(rateHz: number)
  /** True while it is speech (or any sound). */
  feed(pcm: Int16Array, samples: number): boolean
  readonly active: boolean
  /** How long it has been as it is, ms of fed sound. */
  readonly sinceMs: number
}
/** Root mean square of a frame, dBov (0 is a full square wave; -127 silence). */
export declare function levelDbov(pcm: Int16Array, samples: number): number
