// What one source of theirs sends, as RTCP reports it: extended sequence numbers (RFC 3550 A.1), loss (A.3) and jitter (A.8). It judges numbers,
// not sound: what came in time is the jitter buffer's to say.

import { extendSequence } from './rtp-packet.ts'

/** A.1: a jump up to here is loss, one back up to there is disorder; all else must be shown twice. */
const mostDropout = 3000
const mostMisorder = 100

/** RFC 3550 A.1, A.3 and A.8 for one source. Times are monotonic milliseconds; fractions count. */
export class Reception {
  readonly clockRate: number
  received = 0
  octets = 0
  jitterMs = 0
  /** Sequence numbers started anew without a new SSRC (A.1 `bad_seq`). */
  restarts = 0
  /** Extended: cycles and sequence. */
  highest = 0
  #base = 0
  #started = false
  /** The sequence that would show that the other side started anew. */
  #wouldRestart = -1
  #lastArrivalMs = 0
  #lastTimestamp = 0
  #expectedBefore = 0
  #receivedBefore = 0
  /** What was expected of runs that a restart ended. */
  #expectedOfOldRuns = 0

  constructor(clockRate: number) {
    this.clockRate = clockRate
  }

  /** False: not yet believed (a jump of more than 3000; the next in order makes it a restart). */
  receive(sequence: number, timestamp: number, payloadBytes: number, arrivalMs: number): boolean {
    if (!this.#started) this.#start(sequence)
    else {
      const extended = extendSequence(this.highest, sequence)
      const step = extended - this.highest
      if (step > mostDropout || step < -mostMisorder) {
        if (sequence !== this.#wouldRestart) {
          this.#wouldRestart = (sequence + 1) & 0xffff
          return false
        }
        this.#expectedOfOldRuns = this.expected
        this.restarts++
        this.#start(sequence)
        this.#lastTimestamp = timestamp
        this.#lastArrivalMs = arrivalMs
      } else if (step > 0) this.highest = extended
    }
    this.#wouldRestart = -1
    this.#countJitter(timestamp, arrivalMs)
    this.received++
    this.octets += payloadBytes
    return true
  }

  #start(sequence: number): void {
    this.#started = true
    this.highest = sequence
    this.#base = sequence
  }

  /** A.8; nothing for packets of one timestamp (events, 6.4.1 leaves that open) and for the gap that silence makes. */
  #countJitter(timestamp: number, arrivalMs: number): void {
    if (this.received > 0 && timestamp !== this.#lastTimestamp) {
      const differenceMs = arrivalMs - this.#lastArrivalMs - (((timestamp - this.#lastTimestamp) | 0) * 1000) / this.clockRate
      this.jitterMs += (Math.abs(differenceMs) - this.jitterMs) / 16
    }
    this.#lastTimestamp = timestamp
    this.#lastArrivalMs = arrivalMs
  }

  get expected(): number {
    return this.#started ? this.#expectedOfOldRuns + this.highest - this.#base + 1 : 0
  }

  /** Expected less received, as it is now; below zero with duplicates. */
  get lost(): number {
    return this.expected - this.received
  }

  /** 0 to 255, since the last call of this. */
  takeFractionLost(): number {
    const expected = this.expected - this.#expectedBefore
    const lost = expected - (this.received - this.#receivedBefore)
    this.#expectedBefore += expected
    this.#receivedBefore = this.received
    return expected <= 0 || lost <= 0 ? 0 : Math.min(255, Math.floor((lost * 256) / expected))
  }
}
