// Files of raw samples in memory: each read once for a worker while it is in use, the longest unused dropped beyond a bound.

import { readFile } from 'node:fs/promises'

const mostBytes = 64 * 1024 * 1024

export class ClipCache {
  #bytes = 0
  /** In the order of their last use. */
  readonly #kept = new Map<string, Int16Array>()
  readonly #reading = new Map<string, Promise<Int16Array>>()

  /** At once when it is in memory. */
  known(path: string): Int16Array | undefined {
    const samples = this.#kept.get(path)
    if (!samples) return undefined
    this.#kept.delete(path)
    this.#kept.set(path, samples)
    return samples
  }

  read(path: string): Promise<Int16Array> {
    let reading = this.#reading.get(path)
    if (!reading) {
      reading = this.#load(path).finally(() => this.#reading.delete(path))
      this.#reading.set(path, reading)
    }
    return reading
  }

  async #load(path: string): Promise<Int16Array> {
    const bytes = await readFile(path)
    const samples = new Int16Array(bytes.length >> 1)
    // The file may be a slice of a larger buffer at an odd place.
    Buffer.from(samples.buffer).set(bytes.subarray(0, samples.length * 2))
    this.#kept.set(path, samples)
    this.#bytes += samples.byteLength
    for (const [old, { byteLength }] of this.#kept) {
      if (this.#bytes <= mostBytes || old === path) break
      this.#kept.delete(old)
      this.#bytes -= byteLength
    }
    return samples
  }
}
