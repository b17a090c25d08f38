// Lines to a file descriptor, gathered so that each costs no system call of its own. Where they cannot be written, as the reader is gone or the
// disk is full, they are lost, and the program goes on and ends as it would: it never tries for ever.

import { write, writeSync } from 'node:fs'
import type { Clock } from '#values/clock.ts'

const pieceBytes = 4096
const restMs = 200
/** A reader that is behind by so much loses lines. */
const mostBytes = 1024 * 1024
/** How long the last lines of a program wait for a pipe that is full. */
const emptiedWithinMs = 1_000
const againMs = 20

/** Not yet written when the process ends. */
const gathered = new Set<LineWriter>()
process.once('exit', () => {
  for (const one of gathered) one.flush()
})

const isFull = (error: NodeJS.ErrnoException): boolean => error.code === 'EAGAIN' || error.code === 'EBUSY'

export class LineWriter {
  readonly #fd: number
  readonly #clock: Clock
  #lines = ''
  #isResting = false
  #isWriting = false
  #isGone = false

  constructor(fd: number, clock: Clock) {
    this.#fd = fd
    this.#clock = clock
  }

  write(line: string): void {
    if (this.#isGone || this.#lines.length > mostBytes) return
    this.#lines += line
    gathered.add(this)
    if (this.#lines.length >= pieceBytes) this.#next()
    else this.#rest(restMs)
  }

  #rest(ms: number): void {
    if (this.#isResting) return
    this.#isResting = true
    this.#clock.after(ms, () => {
      this.#isResting = false
      this.#next()
    })
  }

  #take(): Buffer {
    const bytes = Buffer.from(this.#lines)
    this.#lines = ''
    gathered.delete(this)
    return bytes
  }

  #next(): void {
    if (this.#isWriting || this.#lines === '') return
    this.#isWriting = true
    this.#write(this.#take())
  }

  #write(bytes: Buffer): void {
    write(this.#fd, bytes, (error, count) => {
      if (error && isFull(error)) return void this.#clock.after(againMs, () => this.#write(bytes))
      if (!error && count < bytes.length) return this.#write(bytes.subarray(count))
      this.#isWriting = false
      this.#failed(error)
      this.#next()
    })
  }

  /** Nobody reads a broken pipe again; a disk may have room later. */
  #failed(error: NodeJS.ErrnoException | null): void {
    if (error?.code === 'EPIPE') this.#isGone = true
  }

  /** All that was given is written when this returns, or cannot be. */
  flush(): void {
    let bytes = this.#take()
    const began = this.#clock.elapsedMs()
    while (bytes.length > 0 && !this.#isGone) {
      try {
        bytes = bytes.subarray(writeSync(this.#fd, bytes))
      } catch (cause) {
        const error = cause as NodeJS.ErrnoException
        this.#failed(error)
        if (!isFull(error) || this.#clock.elapsedMs() - began > emptiedWithinMs) return
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, againMs)
      }
    }
  }
}
