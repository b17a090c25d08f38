import type { DigitListener } from './telephone-event.ts'
/** In-band digits by Goertzel; feed every frame of what is heard. Started after two blocks (25 ms), ended after two without. */
export declare class DtmfDetector {
  constructor(rateHz: number, listener: DigitListener)
  feed(pcm: Int16Array, samples: number): void
  reset(): void
}
