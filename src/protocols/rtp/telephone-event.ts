/** Told by whatever hears digits: one object a stream, so that nothing is made per packet. */
export interface DigitListener {
  digitStarted(digit: string): void
  digitEnded(digit: string, durationMs: number): void
}
/** RFC 4733 2.3: one digit at a time is sent; the caller writes the RTP head with `timestamp` and `marker`. */
export declare class EventSender {
  constructor(clockRate: number)
  /** Digits 0-9 * # A-D; others and blanks are passed over, `,` and `w` pause 500 ms. Appended to what waits. */
  send(digits: string, durationMs?: number, gapMs?: number): void
  readonly busy: boolean
  /** One step of `ticks`; `timestamp` is the stream's now. True: 4 octets stand at `at` in `into`, to be sent with `this.timestamp` and
   *  `this.marker`. The end is sent three times, one a step. While `busy`, no audio is sent. */
  next(ticks: number, timestamp: number, into: Uint8Array, at: number): boolean
  readonly timestamp: number
  readonly marker: boolean
  stop(): void
}
/** Dedupes by timestamp; a lost end is made good by the next event, by audio that goes on, or by silence. */
export declare class EventReceiver {
  constructor(clockRate: number, listener: DigitListener)
  /** False: no event of 0 to 15, or too short. */
  receive(payload: Uint8Array, at: number, bytes: number, timestamp: number, arrivalMs: number): boolean
  /** Call each frame. Ends a digit whose packets stopped 100 ms ago. */
  tick(nowMs: number): void
}
