// The folder of what was decoded and spoken: samples under the hash of what they came from, the least recently used gone first when it
// is full. What was handed out lately is never taken away under a call. Also what is remembered of fetched addresses, as hashes.

import { mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Clock } from '#values/clock.ts'

/** A clip that was handed out is opened by a worker within this time; open files outlive their names. */
const inUseMs = 10 * 60_000
/** Hundreds of calls a second may play the same. */
const noteMs = 60_000
/** What nobody played for so long is gone, as it may be somebody's words. */
const unusedMs = 7 * 24 * 3_600_000
/** Addresses are small, but each is a file. */
const addressesAtMost = 10_000

export interface StoredClip {
  readonly path: string
  readonly rateHz: number
  readonly durationMs: number
}

/** What is kept of a fetched address: which clip it was, and how to ask whether it still is (RFC 9111). */
export interface KeptAddress {
  /** The hash of the clip. */
  readonly clip: string
  readonly etag?: string
  readonly lastModified?: string
  readonly freshUntilMs: number
  /** As it was told last: a 304 need not say it again. */
  readonly freshForMs: number
  /** When its server last said so. */
  readonly checkedMs: number
  readonly mustRevalidate: boolean
}

interface Entry {
  readonly rateHz: number
  readonly sizeBytes: number
  usedMs: number
  /** As its file says it. */
  notedMs: number
}

export class ClipsStore {
  readonly #dir: string
  readonly #mostBytes: number
  readonly #clock: Clock
  /** In order of use, the oldest first. */
  readonly #clips = new Map<string, Entry>()
  readonly #addresses = new Map<string, KeptAddress | undefined>()
  #sizeBytes = 0

  constructor(dir: string, mostBytes: number, clock: Clock) {
    this.#dir = dir
    this.#mostBytes = mostBytes
    this.#clock = clock
  }

  async start(): Promise<void> {
    await mkdir(this.#dir, { recursive: true, mode: 0o700 })
    const found: { hash: string; entry: Entry }[] = []
    for (const name of await readdir(this.#dir)) {
      const clip = /^([0-9a-f]{64})\.(8000|16000)\.pcm$/.exec(name)
      const address = /^([0-9a-f]{64})\.json$/.exec(name)
      if (address) this.#addresses.set(address[1]!, undefined)
      // Left by a process that died while it wrote.
      else if (!clip) await rm(join(this.#dir, name), { force: true, recursive: true })
      else {
        const { size, mtimeMs } = await stat(join(this.#dir, name))
        const usedMs = Math.floor(mtimeMs)
        found.push({ hash: clip[1]!, entry: { rateHz: Number(clip[2]), sizeBytes: size, usedMs, notedMs: usedMs } })
      }
    }
    for (const { hash, entry } of found.toSorted((a, b) => a.entry.usedMs - b.entry.usedMs)) this.#take(hash, entry)
    await this.#makeRoom()
  }

  /** Where samples are written before their rate is known. */
  unfinishedPath(hash: string): string {
    return join(this.#dir, `${hash}.new`)
  }

  clip(hash: string): StoredClip | undefined {
    const entry = this.#clips.get(hash)
    if (!entry) return undefined
    this.#clips.delete(hash)
    this.#clips.set(hash, entry)
    entry.usedMs = this.#clock.nowMs()
    if (entry.usedMs - entry.notedMs > noteMs) this.#note(hash, entry)
    return this.#stored(hash, entry)
  }

  /** Takes over what was written at `unfinishedPath`. */
  async add(hash: string, rateHz: number, sizeBytes: number): Promise<StoredClip> {
    const usedMs = this.#clock.nowMs()
    const entry = { rateHz, sizeBytes, usedMs, notedMs: usedMs }
    await rename(this.unfinishedPath(hash), this.#pathOf(hash, entry))
    this.#forget(hash)
    this.#take(hash, entry)
    await this.#makeRoom()
    return this.#stored(hash, entry)
  }

  async address(hash: string): Promise<KeptAddress | undefined> {
    if (!this.#addresses.has(hash)) return undefined
    let kept = this.#addresses.get(hash)
    if (!kept) {
      const text = await readFile(join(this.#dir, `${hash}.json`), 'utf8').catch(() => '')
      kept = readAddress(text)
    }
    this.#addresses.delete(hash)
    if (kept) this.#addresses.set(hash, kept)
    return kept
  }

  async keepAddress(hash: string, kept: KeptAddress): Promise<void> {
    const path = join(this.#dir, `${hash}.json`)
    await writeFile(`${path}.new`, JSON.stringify(kept), { mode: 0o600 })
    await rename(`${path}.new`, path)
    this.#addresses.delete(hash)
    this.#addresses.set(hash, kept)
    for (const oldest of this.#addresses.keys()) {
      if (this.#addresses.size <= addressesAtMost) break
      await this.dropAddress(oldest)
    }
  }

  async dropAddress(hash: string): Promise<void> {
    if (this.#addresses.delete(hash)) await rm(join(this.#dir, `${hash}.json`), { force: true })
  }

  /** The order outlives a restart; what somebody removed is forgotten. */
  #note(hash: string, entry: Entry): void {
    entry.notedMs = entry.usedMs
    const seconds = entry.usedMs / 1000
    void utimes(this.#pathOf(hash, entry), seconds, seconds).catch(() => this.#forget(hash))
  }

  #pathOf(hash: string, { rateHz }: Entry): string {
    return join(this.#dir, `${hash}.${rateHz}.pcm`)
  }

  #stored(hash: string, entry: Entry): StoredClip {
    const { rateHz, sizeBytes } = entry
    return { path: this.#pathOf(hash, entry), rateHz, durationMs: Math.round((sizeBytes / 2 / rateHz) * 1000) }
  }

  #take(hash: string, entry: Entry): void {
    this.#clips.set(hash, entry)
    this.#sizeBytes += entry.sizeBytes
  }

  #forget(hash: string): Entry | undefined {
    const entry = this.#clips.get(hash)
    if (!entry) return undefined
    this.#clips.delete(hash)
    this.#sizeBytes -= entry.sizeBytes
    return entry
  }

  /** What is in use stays, even if that is more than there should be. */
  async #makeRoom(): Promise<void> {
    const nowMs = this.#clock.nowMs()
    for (const [hash, entry] of this.#clips) {
      const age = nowMs - entry.usedMs
      if (age < unusedMs && (this.#sizeBytes <= this.#mostBytes || age < inUseMs)) return
      this.#forget(hash)
      await rm(this.#pathOf(hash, entry), { force: true })
    }
  }
}

function readAddress(text: string): KeptAddress | undefined {
  try {
    const kept = JSON.parse(text) as KeptAddress
    return typeof kept.clip === 'string' && typeof kept.freshUntilMs === 'number' ? kept : undefined
  } catch {
    return undefined
  }
}
