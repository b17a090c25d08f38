// Digits as packets of their own (RFC 4733), both ways. Only events 0 to 15; flash and the tones of modems are passed over.

/** Told by whatever hears digits: one object a stream, so that nothing is made per packet. */
export interface DigitListener {
  digitStarted(digit: string): void
  digitEnded(digit: string, durationMs: number): void
}

/** 3.2, table 7: by number. */
const digitsByEvent = '0123456789*#ABCD'

const usualMs = 100
const usualGapMs = 60
const pauseMs = 500
/** 2.5.1.4: the end is sent three times, for it must not be lost. */
const endsSent = 3

/** A digit, or a pause, before its turn. */
interface Waiting {
  readonly digit: string
  readonly durationTicks: number
  readonly gapTicks: number
}

/** RFC 4733 2.3: one digit at a time is sent; the caller writes the RTP head with `timestamp` and `marker`. */
export class EventSender {
  readonly #clockRate: number
  readonly #waiting: Waiting[] = []
  #durationTicks = 0
  #gapTicks = 0
  #event = -1
  #ticks = 0
  #endsLeft = 0
  #restTicks = 0
  timestamp = 0
  marker = false

  constructor(clockRate: number) {
    this.#clockRate = clockRate
  }

  /** Digits 0-9 * # A-D; others and blanks are passed over, `,` and `w` pause 500 ms. Appended to what waits. */
  send(digits: string, durationMs = usualMs, gapMs = usualGapMs): void {
    // 2.3.5: what does not fit 16 bits would have to be cut into segments; no digit is so long.
    const durationTicks = Math.min(0xffff, Math.round((durationMs * this.#clockRate) / 1000))
    const gapTicks = Math.round((gapMs * this.#clockRate) / 1000)
    for (const digit of digits.toUpperCase()) this.#waiting.push({ digit, durationTicks, gapTicks })
  }

  get busy(): boolean {
    return this.#event !== -1 || this.#restTicks > 0 || this.#waiting.length > 0
  }

  /** One step of `ticks`; `timestamp` is the stream's now. True: 4 octets stand at `at` in `into`, to be sent with `this.timestamp` and
   *  `this.marker`. The end is sent three times, one a step. While `busy`, no audio is sent. */
  next(ticks: number, timestamp: number, into: Uint8Array, at: number): boolean {
    if (this.#restTicks > 0) {
      this.#restTicks -= ticks
      return false
    }
    this.marker = false
    if (this.#event === -1 && !this.#startNext(timestamp)) return false
    if (this.#endsLeft === 0) {
      this.#ticks = Math.min(this.#durationTicks, this.#ticks + ticks)
      if (this.#ticks >= this.#durationTicks) this.#endsLeft = endsSent
    }
    into[at] = this.#event
    // 2.3.3: the end bit, and a volume of -10 dBm0.
    into[at + 1] = (this.#endsLeft > 0 ? 0x80 : 0) | 10
    into[at + 2] = this.#ticks >> 8
    into[at + 3] = this.#ticks
    if (this.#endsLeft > 0 && --this.#endsLeft === 0) {
      this.#event = -1
      this.#restTicks = Math.max(0, this.#gapTicks - (endsSent - 1) * ticks)
    }
    return true
  }

  #startNext(timestamp: number): boolean {
    for (let next = this.#waiting.shift(); next; next = this.#waiting.shift()) {
      const { digit, durationTicks, gapTicks } = next
      if (digit === ',' || digit === 'W') {
        this.#restTicks = Math.round((pauseMs * this.#clockRate) / 1000)
        return false
      }
      this.#event = digitsByEvent.indexOf(digit)
      if (this.#event === -1) continue
      this.#durationTicks = durationTicks
      this.#gapTicks = gapTicks
      this.#ticks = 0
      this.timestamp = timestamp
      this.marker = true
      return true
    }
    return false
  }
}

/** How long nothing may come before a digit counts as over: three packets of 50 ms, the longest interval in use (2.5.1.2). */
const lostEndMs = 150

/** An event of an earlier time that comes later than this after the last was not overtaken: their clock was set back. */
const overtakenMs = 2_000

/** Dedupes by timestamp; a lost end is made good by the next event, or by silence. */
export class EventReceiver {
  readonly #clockRate: number
  readonly #listener: DigitListener
  #event = -1
  #timestamp = 0
  #isOpen = false
  #isFirst = true
  /** Of segments before this one (2.5.1.3). */
  #ticksBefore = 0
  #ticks = 0
  #heardMs = 0

  constructor(clockRate: number, listener: DigitListener) {
    this.#clockRate = clockRate
    this.#listener = listener
  }

  /** False: no event of 0 to 15, or too short. */
  receive(payload: Uint8Array, at: number, bytes: number, timestamp: number, arrivalMs: number): boolean {
    const event = payload[at]!
    if (bytes < 4 || event > 15) return false
    const isEnd = payload[at + 1]! > 127
    const ticks = (payload[at + 2]! << 8) | payload[at + 3]!
    const step = (timestamp - this.#timestamp) | 0
    if (!this.#isFirst && step === 0 && event === this.#event) {
      // Ends that are repeated, and packets overtaken by the end.
      if (!this.#isOpen) return true
    } else if (!this.#isFirst && step <= 0 && arrivalMs - this.#heardMs < overtakenMs) return true
    else if (this.#isOpen && event === this.#event && this.#isNextSegment(step)) this.#ticksBefore += step
    else {
      this.#end()
      this.#isFirst = false
      this.#event = event
      this.#isOpen = true
      this.#ticksBefore = 0
      this.#ticks = 0
      this.#listener.digitStarted(digitsByEvent[event]!)
    }
    if (timestamp !== this.#timestamp) this.#ticks = 0
    this.#timestamp = timestamp
    this.#ticks = Math.max(this.#ticks, ticks)
    this.#heardMs = arrivalMs
    if (isEnd) this.#end()
    return true
  }

  /** 2.5.1.3: it begins where the one before ended, of which the last packets may be lost. No digit is so long, and the next so soon. */
  #isNextSegment(step: number): boolean {
    return step >= this.#ticks && step >= 0x8000 && step <= 0xffff
  }

  /** What comes from now on is of another source, whose timestamps are its own: a digit that was open is over. */
  newSource(): void {
    this.#end()
    this.#isFirst = true
  }

  /** Call each frame. Ends a digit whose packets stopped 150 ms ago. */
  tick(nowMs: number): void {
    if (this.#isOpen && nowMs - this.#heardMs > lostEndMs) this.#end()
  }

  #end(): void {
    if (!this.#isOpen) return
    this.#isOpen = false
    const ticks = this.#ticksBefore + this.#ticks
    this.#listener.digitEnded(digitsByEvent[this.#event]!, Math.round((ticks * 1000) / this.#clockRate))
  }
}
