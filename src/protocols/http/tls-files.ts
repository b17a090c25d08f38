// A certificate and its key from files, read again when they change. A pair that does not fit is refused and the old one stays.

import { watch, type FSWatcher } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { createSecureContext } from 'node:tls'
import type { Clock, Timer } from '#values/clock.ts'

export interface TlsJournal {
  certificateReloaded(certFile: string): void
  certificateKept(certFile: string, cause: unknown): void
}

interface Pair {
  readonly cert: Buffer
  readonly key: Buffer
}

/** Both files are rarely written in one instant. */
const settleMs = 200

export class TlsFiles {
  readonly #names: { readonly certFile: string; readonly keyFile: string }
  readonly #journal: TlsJournal
  readonly #clock: Clock
  readonly #watchers: FSWatcher[] = []
  readonly #listeners: ((pair: Pair) => void)[] = []
  #pair: Pair
  #pending: Timer | undefined

  private constructor(names: { certFile: string; keyFile: string }, journal: TlsJournal, clock: Clock, pair: Pair) {
    this.#names = names
    this.#journal = journal
    this.#clock = clock
    this.#pair = pair
    // Directories, not files: certificates are replaced by renaming or by moving a symbolic link.
    for (const folder of new Set([dirname(names.certFile), dirname(names.keyFile)])) {
      const watcher = watch(folder, { persistent: false }, () => this.#changed())
      watcher.on('error', () => watcher.close())
      this.#watchers.push(watcher)
    }
  }

  /** Throws when the pair cannot be read or does not fit. */
  static async load(names: { certFile: string; keyFile: string }, journal: TlsJournal, clock: Clock): Promise<TlsFiles> {
    return new TlsFiles(names, journal, clock, await readPair(names))
  }

  pair(): Pair {
    return this.#pair
  }

  onChange(listener: (pair: Pair) => void): void {
    this.#listeners.push(listener)
  }

  /** False when the old pair stays. */
  async reload(): Promise<boolean> {
    try {
      const pair = await readPair(this.#names)
      if (pair.cert.equals(this.#pair.cert) && pair.key.equals(this.#pair.key)) return true
      this.#pair = pair
      for (const listener of this.#listeners) listener(pair)
      this.#journal.certificateReloaded(this.#names.certFile)
      return true
    } catch (cause) {
      this.#journal.certificateKept(this.#names.certFile, cause)
      return false
    }
  }

  close(): void {
    this.#pending?.cancel()
    for (const watcher of this.#watchers) watcher.close()
  }

  #changed(): void {
    this.#pending?.cancel()
    this.#pending = this.#clock.after(settleMs, () => void this.reload())
  }
}

async function readPair(names: { certFile: string; keyFile: string }): Promise<Pair> {
  const [cert, key] = await Promise.all([readFile(names.certFile), readFile(names.keyFile)])
  // Throws when the key does not belong to the certificate.
  createSecureContext({ cert, key })
  return { cert, key }
}
