// Recordings that a script names by their call and the second in which they began: found, and made playable. Part of the roof.

import { refuse } from '#reasons/refusal.ts'
import { listRecordings, type RecordingRow } from '#store/recordings.ts'
import type { Reader } from '#store/store.ts'
import { idTimeMs } from '#values/ids.ts'
import type { Recordings } from '#voice/recordings.ts'
import type { Recorded } from '#voice/verbs/verb.ts'
import type { SoundFile } from './sound.ts'

const ofOneCall = 500
/** What a script plays is read as a whole: half an hour at 8 kHz is less. */
const longestBytes = 32 * 1024 * 1024

/** Rejects with `recording.not_found`. */
export async function findRecorded(read: Reader, account: number, { callId, beganMs }: Recorded): Promise<RecordingRow> {
  const rows = await listRecordings(read, { scope: account, limit: ofOneCall, where: { call: callId, kept: 1 } })
  return rows.find(({ id }) => idTimeMs(id) - (idTimeMs(id) % 1000) === beganMs) ?? refuse('recording.not_found', {})
}

/** Rejects with `recording.*`, `play.too_large`. */
export async function recordedSound(
  read: Reader,
  recordings: Pick<Recordings, 'content'>,
  account: number,
  recorded: Recorded,
): Promise<SoundFile> {
  const { length, type, read: part } = await recordings.content(await findRecorded(read, account, recorded))
  if (length > longestBytes) refuse('recording.file_missing', {}, { evidence: 'it is too long to be played' })
  const pieces: Buffer[] = []
  for await (const piece of part(0, length - 1)) pieces.push(piece as Buffer)
  return { bytes: Buffer.concat(pieces), mediaType: type }
}
