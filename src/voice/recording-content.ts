// The sound of a recording as a WAV, from any byte of it on, read and unsealed while it is sent. Where the application gave a key of its
// own, the WAV leaves sealed under that (AES-CBC, PKCS #7), and nobody on the way hears it.

import { createCipheriv } from 'node:crypto'
import { Readable } from 'node:stream'
import { readRecording } from '#media/recording-reader.ts'
import { refuse } from '#reasons/refusal.ts'
import type { RecordingRow } from '#store/recordings.ts'
import type { Key } from '#values/secrets.ts'

export interface RecordingContent {
  readonly type: string
  readonly name: string
  readonly length: number
  /** From `start` to `end`, both counted in. */
  read(start: number, end: number): Readable
}

interface Cipher {
  readonly key: string
  readonly iv: string
}

const blockBytes = 16

/**
 * Throws `recording.deleted`, `recording.not_found` where nothing was recorded, `recording.file_missing` while it is being recorded or
 * when its file is gone, `recording.damaged`.
 */
export async function recordingContent(row: RecordingRow, path: string, key: Key): Promise<RecordingContent> {
  const { id, state, key_sealed: sealed } = row
  if (state === 'deleted') refuse('recording.deleted', {})
  if (state === 'absent') refuse('recording.not_found', {})
  if (state === 'recording') refuse('recording.file_missing', {}, { evidence: 'it is being recorded' })
  const recording = await readRecording(path, key.open(sealed))
  const { cipher } = JSON.parse(row.detail) as { cipher?: { sealed: string } }
  if (!cipher) {
    const { sizeBytes: length } = recording
    return { type: 'audio/wav', name: `${id}.wav`, length, read: (start, end) => recording.wav({ start, end }) }
  }
  const own = JSON.parse(key.open(cipher.sealed)) as Cipher
  const length = (Math.floor(recording.sizeBytes / blockBytes) + 1) * blockBytes
  const read = (start: number, end: number): Readable =>
    Readable.from(part(enciphered(recording.wav(), own), start, end), { objectMode: false })
  return { type: 'application/octet-stream', name: `${id}.wav.enc`, length, read }
}

/** By the length of its key: 16, 24 or 32 bytes in hex. */
async function* enciphered(wav: Readable, { key, iv }: Cipher): AsyncGenerator<Buffer> {
  const bytes = Buffer.from(key, 'hex')
  const cipher = createCipheriv(`aes-${bytes.length * 8}-cbc`, bytes, Buffer.from(iv, 'hex'))
  for await (const piece of wav) yield cipher.update(piece as Buffer)
  yield cipher.final()
}

/** A block stands on the one before: the beginning is made too, and left out. */
async function* part(pieces: AsyncIterable<Buffer>, start: number, end: number): AsyncGenerator<Buffer> {
  let at = 0
  for await (const piece of pieces) {
    const from = Math.max(0, start - at)
    const until = Math.min(piece.length, end + 1 - at)
    if (from < until) yield piece.subarray(from, until)
    at += piece.length
    if (at > end) return
  }
}
