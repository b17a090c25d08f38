// What remains of server transactions that are over: enough to absorb retransmissions, and no object for each (RFC 3261 17.2.2 timer J, 17.2.1 timer I,
// RFC 6026 7.1 timer L). At thousands of calls a second these are hundreds of thousands, so answers lie as bytes in slabs, and what is too
// old goes a slice at a time: an entry lives between `lifeMs` and an eighth more, and an eighth more than `most` may be held, of entries as of bytes:
// an answer repeats what its request said, and may be as long.

import type { Clock } from '#values/clock.ts'

/** `answered` is answered again; of `accepted` the ACK is for the layer above; `quiet` is only swallowed. */
export type Remains = { readonly kind: 'answered'; readonly bytes: Buffer } | { readonly kind: 'accepted' | 'quiet' }

const slices = 8
const slabBytes = 1 << 18

interface Slice {
  /** Slab number, place and size of the answer in one number; below 0 there is none. */
  readonly entries: Map<string, number>
  readonly slabs: Buffer[]
  /** Bytes used of the last slab. */
  used: number
  /** Of all slabs. */
  bytes: number
  sinceMs: number
}

const accepted = -1
const quiet = -2

const newSlice = (sinceMs: number): Slice => ({ entries: new Map(), slabs: [], used: 0, bytes: 0, sinceMs })

export class Absorber {
  readonly #clock: Clock
  readonly #sliceMs: number
  readonly #most: number
  readonly #mostBytes: number
  /** The newest first. */
  #slices: Slice[]
  #size = 0

  constructor(clock: Clock, lifeMs: number, most: number, mostBytes: number) {
    this.#clock = clock
    this.#sliceMs = lifeMs / slices
    this.#most = most
    this.#mostBytes = mostBytes
    this.#slices = [newSlice(clock.elapsedMs())]
  }

  get size(): number {
    return this.#size
  }

  keep(key: string, remains: Remains): void {
    const slice = this.#current()
    if (remains.kind !== 'answered') slice.entries.set(key, remains.kind === 'accepted' ? accepted : quiet)
    else slice.entries.set(key, place(slice, remains.bytes))
    this.#size++
  }

  find(key: string): Remains | undefined {
    for (const { entries, slabs } of this.#slices) {
      const at = entries.get(key)
      if (at === undefined) continue
      if (at < 0) return { kind: at === accepted ? 'accepted' : 'quiet' }
      const slab = slabs[Math.floor(at / slabBytes)]!
      const start = at % slabBytes
      const size = slab.readUInt32LE(start)
      return { kind: 'answered', bytes: slab.subarray(start + 4, start + 4 + size) }
    }
    return undefined
  }

  /** Lets go of what is too old, and of the oldest where there is too much. */
  sweep(): void {
    this.#current()
  }

  #current(): Slice {
    const now = this.#clock.elapsedMs()
    const newest = this.#slices[0]!
    const isFull = newest.entries.size > this.#most / slices || newest.bytes > this.#mostBytes / slices
    if (now - newest.sinceMs < this.#sliceMs && !isFull) return newest
    const oldestMs = now - this.#sliceMs * (slices + 1)
    this.#slices = [newSlice(now), ...this.#slices.filter(({ sinceMs, entries }) => sinceMs > oldestMs && entries.size > 0)]
    let size = this.#slices.reduce((sum, { entries }) => sum + entries.size, 0)
    let bytes = this.#slices.reduce((sum, slice) => sum + slice.bytes, 0)
    while (size > this.#most || bytes > this.#mostBytes) {
      const oldest = this.#slices.pop()!
      size -= oldest.entries.size
      bytes -= oldest.bytes
    }
    this.#size = size
    return this.#slices[0]!
  }
}

/** Slabs begin small, so that a quiet stack holds little. */
function place(slice: Slice, bytes: Buffer): number {
  const need = bytes.length + 4
  let slab = slice.slabs.at(-1)
  if (!slab || slice.used + need > slab.length) {
    const size = need > slabBytes ? need : Math.max(need, slice.slabs.length === 0 ? 4096 : slabBytes)
    slice.slabs.push((slab = Buffer.allocUnsafeSlow(size)))
    slice.used = 0
    slice.bytes += size
  }
  const start = slice.used
  slab.writeUInt32LE(bytes.length, start)
  bytes.copy(slab, start + 4)
  slice.used += need
  return (slice.slabs.length - 1) * slabBytes + start
}
