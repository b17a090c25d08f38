// Recordings of calls and conferences, from their first row to their one end: ready, absent (nothing was said) or failed, each a
// happening. A file is sealed under a key of its own while it is written; its public address holds a secret, so that whoever has the
// address may hear it and nobody can guess one. Whose file is kept how long is for retention.

import { randomBytes } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Account } from '#accounts/account.ts'
import type { Stream } from '#media/contract.ts'
import { readRecording as readFile } from '#media/recording-reader.ts'
import type { Refusal } from '#reasons/refusal.ts'
import { refusal } from '#reasons/refusal.ts'
import type { Actor } from '#store/happenings.ts'
import { createRecording, endRecording, type RecordingEnd, type RecordingRow } from '#store/recordings.ts'
import type { Store } from '#store/store.ts'
import type { Clock } from '#values/clock.ts'
import type { NextId } from '#values/ids.ts'
import { randomToken, type Key } from '#values/secrets.ts'
import { recordingContent, type RecordingContent } from './recording-content.ts'
import { RecordingUrls } from './recording-urls.ts'
import { asksOf, type Recorded, type StreamAsks } from './stream-asks.ts'
import type { Page, RecordCall } from './verbs/verb.ts'

export interface RecordingsParts {
  readonly store: Pick<Store, 'write'>
  readonly clock: Clock
  readonly nextId: NextId
  readonly key: Key
  /** The data directory: files are named from it on. */
  readonly dataDir: string
  readonly publicUrl: () => string
  /** A bug of ours, or a store that cannot be written to; the next start closes what stands open. */
  fault(error: unknown): void
}

/** Whose recording it is. */
export interface RecordedCall {
  readonly id: number
  readonly sessionId: number
  readonly face: string
  readonly account: Pick<Account, 'id'>
}

/** One whose media may go on in another place, as another stream. */
export interface FollowedCall extends RecordedCall {
  readonly over: boolean
  readonly stream: Stream | undefined
}

export interface RecordingWish {
  readonly source: 'call' | 'dial' | 'conference' | 'api' | 'voicemail'
  /** Whose mailbox it goes to, of a voice mail. */
  readonly voicemailOf?: number
  readonly channels: 'mixed' | 'dual' | 'heard'
  readonly mostMs: number
  /** 0, as usual: no silence ends it. */
  readonly silenceMs?: number
  readonly firstSilenceMs?: number
  readonly finishOn?: string
  readonly beep?: boolean
  readonly trim?: boolean
  readonly conferenceId?: number
  readonly callback?: Page | undefined
  readonly tag?: string | undefined
  readonly cipher?: RecordCall['cipher']
  readonly actor?: Actor
}

export interface RecordingOutcome {
  readonly id: number
  readonly state: 'ready' | 'absent' | 'failed'
  readonly durationMs: number
  readonly hasSound: boolean
  readonly how: Recorded['how']
  readonly digit?: string
  readonly refusal?: Refusal
}

export interface RunningRecording {
  readonly id: number
  /** Once its row says so; never rejects. */
  readonly ended: Promise<RecordingOutcome>
  stop(): void
}

const writeTries = 20
const againAfterMs = 500
/** What a recording without a bound of its own may last. */
export const longestMs = 4 * 3_600_000

export class Recordings {
  readonly #parts: RecordingsParts
  readonly #running = new Map<number, { readonly callId: number; readonly recording: RunningRecording }>()

  /** Where each may be heard by whoever has its address. */
  readonly urls: RecordingUrls

  constructor(parts: RecordingsParts) {
    this.#parts = parts
    this.urls = new RecordingUrls(parts.key, parts.publicUrl)
  }

  /** Rejects when its row cannot be written: nothing is recorded then. */
  async start(call: RecordedCall, asks: StreamAsks, wish: RecordingWish): Promise<RunningRecording> {
    const { store, clock, nextId, key, dataDir } = this.#parts
    const id = nextId()
    const now = clock.nowMs()
    const fileKey = randomBytes(32).toString('base64')
    const file = join('recordings', new Date(now).toISOString().slice(0, 10), `${id}.ohr`)
    const actor = wish.actor ?? { face: call.face }
    const row = rowOf(call, wish, { id, file, key_sealed: key.seal(fileKey), secret: randomToken(32), now }, key)
    await store.write(createRecording, { row, actor })
    const path = join(dataDir, file)
    const ask = asks.record({
      path,
      key: fileKey,
      channels: wish.channels,
      mostMs: wish.mostMs > 0 ? Math.min(wish.mostMs, longestMs) : longestMs,
      silenceMs: wish.silenceMs ?? 0,
      firstSilenceMs: wish.firstSilenceMs ?? 0,
      finishOn: wish.finishOn ?? '',
      beep: wish.beep ?? false,
      trim: wish.trim ?? false,
    })
    const ended = ask.ended.then((recorded) => this.#end(row, path, fileKey, wish, actor, recorded))
    const recording = { id, ended, stop: ask.stop }
    this.#running.set(id, { callId: call.id, recording })
    void ended.then(() => this.#running.delete(id))
    return recording
  }

  /**
   * As `start`, of whatever stream the call has: where its media goes on in another place, so does its recording, in another file. What is given
   * is over with the last of them, and has the id of the first.
   */
  async follow(call: FollowedCall, asks: StreamAsks, wish: RecordingWish): Promise<RunningRecording> {
    let current = await this.start(call, asks, wish)
    let { stream } = asks
    const through = async (): Promise<RecordingOutcome> => {
      for (;;) {
        const outcome = await current.ended
        const now = call.stream
        if (outcome.how !== 'closed' || call.over || now === undefined || now === stream) return outcome
        stream = now
        try {
          current = await this.start(call, asksOf(now), { ...wish, beep: false })
        } catch (error) {
          this.#parts.fault(error)
          return outcome
        }
      }
    }
    return { id: current.id, ended: through(), stop: () => current.stop() }
  }

  /** Those under way of a call, the last one last. */
  ofCall(callId: number): RunningRecording[] {
    return [...this.#running.values()].filter((one) => one.callId === callId).map(({ recording }) => recording)
  }

  /** Its sound; see recording-content.ts for what it throws. */
  content(row: RecordingRow): Promise<RecordingContent> {
    return recordingContent(row, join(this.#parts.dataDir, row.file), this.#parts.key)
  }

  /** The file of a deleted one: without its key it is noise already. */
  async removeFile(file: string): Promise<void> {
    if (file !== '') await rm(join(this.#parts.dataDir, file), { force: true }).catch(() => {})
  }

  find(id: number): RunningRecording | undefined {
    return this.#running.get(id)?.recording
  }

  get size(): number {
    return this.#running.size
  }

  /** Resolves when all that ran has come to its end. */
  async ended(): Promise<void> {
    await Promise.all([...this.#running.values()].map(({ recording }) => recording.ended))
  }

  async #end(
    row: RecordingRow,
    path: string,
    fileKey: string,
    wish: RecordingWish,
    actor: Actor,
    recorded: Recorded,
  ): Promise<RecordingOutcome> {
    const { how, digit } = recorded
    let { durationMs, sizeBytes, hasSound } = recorded
    let why = recorded.refusal
    if (how === 'closed' || how === 'failed') {
      // Its worker died, or could not go on: the file is good as far as it got.
      const found = durationMs > 0 ? recorded : await readFile(path, fileKey).catch(() => undefined)
      durationMs = found?.durationMs ?? 0
      sizeBytes = found?.sizeBytes ?? 0
      hasSound = durationMs > 0
      if (!hasSound && how === 'failed') why ??= refusal('recording.not_written', {})
    }
    // A record of both sides is of use though nobody spoke; what somebody was to say is not.
    const isEmpty = durationMs === 0 || (!hasSound && (wish.source === 'call' || wish.source === 'voicemail'))
    const state = why ? 'failed' : isEmpty ? 'absent' : 'ready'
    const { id, account_id: account } = row
    const now = this.#parts.clock.nowMs()
    await this.#write({ id, account, state, reason: why?.reason ?? null, durationMs, sizeBytes, actor, now })
    if (state === 'absent') void rm(path, { force: true }).catch(() => {})
    return { id, state, durationMs, hasSound, how, ...(digit !== undefined && { digit }), ...(why && { refusal: why }) }
  }

  async #write(end: RecordingEnd): Promise<void> {
    for (let tried = 1; ; tried += 1) {
      try {
        await this.#parts.store.write(endRecording, end)
        return
      } catch (error) {
        if (tried === writeTries) return this.#parts.fault(error)
        await this.#parts.clock.sleep(againAfterMs)
      }
    }
  }
}

interface Made {
  readonly id: number
  readonly file: string
  readonly key_sealed: string
  readonly secret: string
  readonly now: number
}

function rowOf(call: RecordedCall, wish: RecordingWish, { now, ...made }: Made, key: Key): RecordingRow {
  const { tag, cipher, callback, voicemailOf } = wish
  const detail = {
    ...(voicemailOf !== undefined && { voicemailOf }),
    ...(tag !== undefined && { tag }),
    ...(wish.trim && { trimmed: true }),
    ...(cipher && { cipher: { type: cipher.type, sealed: key.seal(JSON.stringify({ key: cipher.key, iv: cipher.iv })) } }),
  }
  return {
    ...made,
    account_id: call.account.id,
    call_id: call.id,
    session_id: call.sessionId,
    conference_id: wish.conferenceId ?? null,
    face: call.face,
    state: 'recording',
    reason: null,
    source: wish.source,
    channels: wish.channels,
    duration_ms: 0,
    size_bytes: 0,
    detail: JSON.stringify(detail),
    callback: callback ? JSON.stringify(callback) : null,
    created_ms: now,
    ended_ms: null,
    updated_ms: now,
  }
}
