// The file store `media`, reference section 10, as far as it holds sounds for calls: what applications recorded, under the names that they
// were told, and WAV files that were written, for a time or until they are deleted. Encrypted files and faxes (TIFF) are not part of this version.

import { createMediaOperation } from '#operations/media/create-media.ts'
import { deleteMediaOperation } from '#operations/media/delete-media.ts'
import { listMediaOperation } from '#operations/media/list-media.ts'
import { findMediaOperation, readContentOperation } from '#operations/media/read-media.ts'
import { deleteRecordingOperation } from '#operations/recordings/delete-recording.ts'
import { listRecordingsOperation } from '#operations/recordings/list-recordings.ts'
import { readRecordingContentOperation } from '#operations/recordings/read-recording.ts'
import { Refusal, refuse } from '#reasons/refusal.ts'
import { idTimeMs } from '#values/ids.ts'
import { wholeList } from './paging.ts'
import { readRecordingName, recordingName } from './recording-names.ts'
import { SentFile, type Asked } from './routes.ts'

/** Sounds stand beside the files of messages under a name that none of those can have. */
const folder = 'media store/'

export const storedName = (name: string): string => folder + name.replace(/^\//, '')
export const isSound = (stored: string): boolean => stored.startsWith(folder)

export interface SoundFile {
  readonly name: string
  readonly createdAt: number
  readonly sizeBytes: number
  /** When it is taken away, of one that is kept for a time. */
  readonly expiresAt: number | null
  remove(): Promise<unknown>
  read(): Promise<SentFile>
}

type Means = Pick<Asked, 'parts' | 'caller' | 'instances'>

/** Written ones, and recordings of applications that are whole. */
export async function soundFiles({ parts, caller, instances }: Means): Promise<SoundFile[]> {
  const written = await wholeList((page) => parts.run(listMediaOperation, caller, { ...page, name: `${folder}%` }))
  const recorded = await wholeList((page) => parts.run(listRecordingsOperation, caller, { ...page, state: 'ready' }))
  return [
    ...written.map(({ id, name, createdAt, sizeBytes, expiresAt }) => ({
      name: name.slice(folder.length),
      createdAt,
      sizeBytes,
      expiresAt,
      remove: () => parts.run(deleteMediaOperation, caller, { id }),
      read: async () => new SentFile(await parts.run(readContentOperation, caller, { id })),
    })),
    ...recorded.flatMap(({ id, callId, createdAt, sizeBytes }) => {
      if (callId === null) return []
      return [
        {
          name: recordingName(instances, id, callId),
          createdAt,
          sizeBytes,
          expiresAt: null,
          remove: () => parts.run(deleteRecordingOperation, caller, { id }),
          read: async () => new SentFile(await parts.run(readRecordingContentOperation, caller, { id })),
        },
      ]
    }),
  ]
}

/** Gives file.not_found (0017). */
export async function soundFile(means: Means, name: string): Promise<SoundFile> {
  const { parts, caller, instances } = means
  const recorded = readRecordingName(instances, name)
  const missing = (): never => refuse('file.not_found', { file: name })
  if (recorded) {
    const { callId } = recorded
    const all = await wholeList((page) => parts.run(listRecordingsOperation, caller, { ...page, callId, state: 'ready' }))
    const found = all.find(({ id }) => idTimeMs(id) - (idTimeMs(id) % 1000) === recorded.beganMs) ?? missing()
    return {
      name,
      createdAt: found.createdAt,
      sizeBytes: found.sizeBytes,
      expiresAt: null,
      remove: () => parts.run(deleteRecordingOperation, caller, { id: found.id }),
      read: async () => new SentFile(await parts.run(readRecordingContentOperation, caller, { id: found.id })),
    }
  }
  try {
    const { id, createdAt, sizeBytes, expiresAt } = await parts.run(findMediaOperation, caller, { name: storedName(name) })
    return {
      name,
      createdAt,
      sizeBytes,
      expiresAt,
      remove: () => parts.run(deleteMediaOperation, caller, { id }),
      read: async () => new SentFile(await parts.run(readContentOperation, caller, { id })),
    }
  } catch (error) {
    if (error instanceof Refusal && error.reason === 'resource.not_found') return missing()
    throw error
  }
}

export async function writeSound(
  { parts, caller, idempotencyKey, createOnly }: Asked,
  name: string,
  bytes: Buffer,
  keepFor: string | undefined,
): Promise<{ readonly filename: string; readonly size: number }> {
  requirePlayable(bytes, name)
  const { sizeBytes } = await parts.run(
    createMediaOperation,
    caller,
    {
      name: storedName(name),
      content: bytes.toString('base64'),
      type: 'audio/wav',
      replace: !createOnly,
      ...(keepFor !== undefined && { keepFor }),
    },
    { idempotencyKey, names: { name: 'filename' } },
  )
  return { filename: name, size: sizeBytes }
}

/** PCM, A-law, mu-law, and the two forms of ADPCM (RFC 2361). */
const pcm = 1
const companded = new Set([6, 7])
const adpcm = new Set([0x10, 0x11])
const rates = new Set([6000, 8000, 11_000, 11_025])

/** Gives file.format_unsupported (0402). */
function requirePlayable(bytes: Buffer, file: string): void {
  const format = formatOf(bytes)
  const isFit =
    format?.channels === 1 &&
    rates.has(format.rate) &&
    ((format.tag === pcm && (format.bits === 8 || format.bits === 16)) || companded.has(format.tag))
  if (isFit) return
  if (format && adpcm.has(format.tag)) refuse('platform.not_implemented', { operation: 'sounds in ADPCM' })
  const { channels, rate, bits } = format ?? { channels: 0, rate: 0, bits: 0 }
  const shown = format ? `WAV, ${channels} channels, ${rate} Hz, ${bits} bits` : 'no WAV'
  refuse('file.format_unsupported', { file, format: shown })
}

/** What the `fmt ` chunk of a WAV says; undefined where there is none. */
function formatOf(bytes: Buffer): { tag: number; channels: number; rate: number; bits: number } | undefined {
  if (bytes.length < 44 || bytes.toString('latin1', 0, 4) !== 'RIFF' || bytes.toString('latin1', 8, 12) !== 'WAVE')
    return undefined
  for (let at = 12; at + 24 <= bytes.length;) {
    const size = bytes.readUInt32LE(at + 4)
    if (bytes.toString('latin1', at, at + 4) === 'fmt ') {
      return {
        tag: bytes.readUInt16LE(at + 8),
        channels: bytes.readUInt16LE(at + 10),
        rate: bytes.readUInt32LE(at + 12),
        bits: bytes.readUInt16LE(at + 22),
      }
    }
    at += 8 + size + (size % 2)
  }
  return undefined
}
