// What a script names, made something a media worker can play: addresses are fetched, checked and decoded, once for all who play the
// same; stored files and speech come in as bytes. Every failure is a refusal. Knows no call; speech is made in say.ts.

import { createHash } from 'node:crypto'
import { refuse, type Refusal } from '#reasons/refusal.ts'
import { isFailure, shownUrl, type FetchGuarded, type OutgoingAnswer, type OutgoingFailure } from '#protocols/http/outgoing.ts'
import type { Clock } from '#values/clock.ts'
import { ClipsDecoder } from './clips-decoder.ts'
import { freshnessOf } from './clips-freshness.ts'
import { ClipsStore, type KeptAddress, type StoredClip } from './clips-store.ts'
import type { Clip } from './contract.ts'

export interface ClipsParts {
  readonly clock: Clock
  /** A folder of its own. */
  readonly dir: string
  /** Of samples kept; 500 MB are nine hours of telephone sound. */
  readonly mostBytes: number
  readonly fetch: FetchGuarded
  /** Why a fetch failed and what a status means, as reasons (`webhook.*`). */
  readonly reasonOfFailure: (failure: OutgoingFailure) => Refusal
  readonly reasonOfStatus: (status: number) => Refusal
}

export interface FetchWish {
  /** Loopback addresses are allowed: for the sandbox account. */
  readonly loopback?: boolean
  /** What POST gives is fetched each time. */
  readonly method?: 'GET' | 'POST'
}

/** A clip with its length, for records and for waiting. */
export interface KnownClip {
  readonly clip: Extract<Clip, { kind: 'pcm' }>
  readonly durationMs: number
}

const limits = { totalMs: 15_000, maxBytes: 20 * 1024 * 1024 }
const mostMs = 3_600_000
/** A minute of speech, or what becomes a few minutes of MP3: decoded in a moment. */
const shortBytes = 2 * 1024 * 1024
/** How long a clip is still played whose server does not answer. */
const staleAtMostMs = 24 * 3_600_000

export class Clips {
  readonly #parts: ClipsParts
  readonly #store: ClipsStore
  /** An hour of music must not keep a sentence waiting. */
  readonly #decoders: { readonly short: ClipsDecoder; readonly long: ClipsDecoder }
  /** Who asks for the same meanwhile waits for the same. */
  readonly #underWay = new Map<string, Promise<KnownClip>>()

  constructor(parts: ClipsParts) {
    this.#parts = parts
    this.#store = new ClipsStore(parts.dir, parts.mostBytes, parts.clock)
    this.#decoders = { short: new ClipsDecoder(parts.clock), long: new ClipsDecoder(parts.clock) }
  }

  start(): Promise<void> {
    return this.#store.start()
  }

  async stop(): Promise<void> {
    await Promise.all([this.#decoders.short.stop(), this.#decoders.long.stop()])
  }

  /** Throws `play.url_invalid`, `play.format_unsupported`, `play.too_long`, `play.failed`, or a `webhook.*` reason. */
  async fromUrl(url: string, wish: FetchWish = {}): Promise<KnownClip> {
    const text = url.trim()
    if (text === '') refuse('play.url_invalid', { fault: 'empty' })
    const parsed = URL.parse(text)
    if (!parsed || !/^https?:$/.test(parsed.protocol)) refuse('play.url_invalid', { fault: 'malformed', url: shownUrl(text) })
    // A fragment is no part of what is asked for.
    parsed.hash = ''
    if (wish.method === 'POST') return this.#posted(parsed.href, wish)
    const hash = sha256(`${wish.loopback === true} ${parsed.href}`)
    return this.#once(hash, () => this.#fetched(hash, parsed.href, wish))
  }

  /** A stored file, or what a speech provider gave. The media type decides only where bytes cannot tell. Throws `play.*`. */
  async fromBytes(bytes: Uint8Array, mediaType = '', shown?: string): Promise<KnownClip> {
    const type = /^audio\/(?:l16|basic|x-mulaw|pcmu|pcma|x-alaw)/i.test(mediaType) ? mediaType.toLowerCase() : ''
    const hash = createHash('sha256').update(`${type}\n`).update(bytes).digest('hex')
    return this.#once(hash, () => this.#decoded(hash, bytes, type, shown))
  }

  /** What was made under this key before: of speech, so that a text is spoken once. */
  async remembered(key: string): Promise<KnownClip | undefined> {
    const kept = await this.#store.address(sha256(key))
    const clip = kept && this.#store.clip(kept.clip)
    return clip && known(clip)
  }

  async remember(key: string, bytes: Uint8Array, mediaType: string): Promise<KnownClip> {
    const clip = await this.fromBytes(bytes, mediaType)
    const nowMs = this.#parts.clock.nowMs()
    const forEver = { freshForMs: Number.MAX_SAFE_INTEGER, freshUntilMs: Number.MAX_SAFE_INTEGER, mustRevalidate: false }
    await this.#store.keepAddress(sha256(key), { clip: hashOf(clip), checkedMs: nowMs, ...forEver }).catch(() => {})
    return clip
  }

  async #once(hash: string, make: () => Promise<KnownClip>): Promise<KnownClip> {
    const before = this.#underWay.get(hash)
    if (before) return before
    const made = make().finally(() => this.#underWay.delete(hash))
    this.#underWay.set(hash, made)
    return made
  }

  async #fetched(hash: string, url: string, wish: FetchWish): Promise<KnownClip> {
    const kept = await this.#store.address(hash)
    const stored = kept && this.#store.clip(kept.clip)
    if (kept && stored && kept.freshUntilMs > this.#parts.clock.nowMs()) return known(stored)
    const answer = await this.#ask(url, wish, stored && conditions(kept))
    const isGone = isFailure(answer) || answer.status >= 500
    if (isGone && kept && stored && this.#mayBeStale(kept)) return known(stored)
    if (isFailure(answer)) throw this.#parts.reasonOfFailure(answer)
    if (answer.status === 304 && stored) {
      await this.#keep(hash, kept.clip, answer, kept)
      return known(stored)
    }
    if (answer.status !== 200) throw this.#parts.reasonOfStatus(answer.status)
    const clip = await this.#fromAnswer(url, answer)
    await this.#keep(hash, hashOf(clip), answer)
    return clip
  }

  async #posted(url: string, wish: FetchWish): Promise<KnownClip> {
    const answer = await this.#ask(url, wish)
    if (isFailure(answer)) throw this.#parts.reasonOfFailure(answer)
    if (answer.status !== 200) throw this.#parts.reasonOfStatus(answer.status)
    return this.#fromAnswer(url, answer)
  }

  #ask(url: string, { method = 'GET', loopback = false }: FetchWish, headers: Readonly<Record<string, string>> = {}) {
    const accept = 'audio/wav, audio/mpeg, audio/*;q=0.8'
    return this.#parts.fetch({ method, url, headers: { accept, ...headers }, limits, redirects: 3, loopback })
  }

  #fromAnswer(url: string, { headers, body }: OutgoingAnswer): Promise<KnownClip> {
    const type = headers['content-type']
    return this.fromBytes(body, typeof type === 'string' ? type : '', shownUrl(url))
  }

  #mayBeStale(kept: KeptAddress): boolean {
    return !kept.mustRevalidate && this.#parts.clock.nowMs() - kept.checkedMs < staleAtMostMs
  }

  /** Only saves asking again: a full disk must not keep a clip from being played. */
  async #keep(hash: string, clip: string, answer: OutgoingAnswer, before?: KeptAddress): Promise<void> {
    const nowMs = this.#parts.clock.nowMs()
    const found = freshnessOf(answer.headers, nowMs)
    // RFC 9111 4.3.4: what a 304 does not say stays as it was.
    const { freshForMs, mustRevalidate } = before && !found.isTold ? before : found
    const { etag = before?.etag, lastModified = before?.lastModified } = found
    const kept: KeptAddress = {
      clip,
      freshUntilMs: nowMs + freshForMs,
      freshForMs,
      checkedMs: nowMs,
      mustRevalidate,
      ...(etag !== undefined && { etag }),
      ...(lastModified !== undefined && { lastModified }),
    }
    await (found.isKept ? this.#store.keepAddress(hash, kept) : this.#store.dropAddress(hash)).catch(() => {})
  }

  async #decoded(hash: string, bytes: Uint8Array, mediaType: string, url: string | undefined): Promise<KnownClip> {
    const stored = this.#store.clip(hash)
    if (stored) return known(stored)
    const decoder = bytes.length > shortBytes ? this.#decoders.long : this.#decoders.short
    const end = await decoder.decode({ bytes, mediaType, path: this.#store.unfinishedPath(hash), mostMs })
    if ('unsupported' in end) refuse('play.format_unsupported', { url, found: end.unsupported })
    if ('tooLong' in end) refuse('play.too_long', { url, mostMs })
    if ('notWritten' in end) refuse('play.failed', { url }, { evidence: end.notWritten })
    return known(await this.#store.add(hash, end.rateHz, end.sizeBytes))
  }
}

function known({ path, rateHz, durationMs }: StoredClip): KnownClip {
  return { clip: { kind: 'pcm', path, rateHz }, durationMs }
}

/** A clip's file is named by what it is kept under. */
function hashOf({ clip }: KnownClip): string {
  return /([0-9a-f]{64})\.\d+\.pcm$/.exec(clip.path)![1]!
}

function conditions({ etag, lastModified }: KeptAddress): Record<string, string> {
  return {
    ...(etag !== undefined && { 'if-none-match': etag }),
    ...(lastModified !== undefined && { 'if-modified-since': lastModified }),
  }
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
