// A sealed recording as a WAV, from any byte of it on. Each second is opened and checked when it is reached. A recording that was cut
// off, as its process died, is one that is shorter: there is nothing to repair, what came after its last whole frame is left out.

import type { KeyObject } from 'node:crypto'
import { open, type FileHandle } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { refuse } from '#reasons/refusal.ts'
import { wavHeader } from './wav-header.ts'
import {
  frameBytesOf,
  frameLength,
  headerBytes,
  lengthBytes,
  lengthOf,
  openFrame,
  recordingKey,
  shapeOf,
  tagBytes,
  type RecordingLength,
  type RecordingShape,
} from './recording-file.ts'

export interface SealedRecording extends RecordingShape, RecordingLength {
  /** Its end is missing: what wrote it died, or the disk was full. */
  readonly isCutOff: boolean
  /** The WAV, or its bytes from `start` to `end`, both counted in. Ends with a Refusal `recording.damaged` where it was changed. */
  wav(range?: { readonly start: number; readonly end: number }): Readable
}

/** Frames that a power cut may have lost: what a system writes back late is a minute's. */
const lostAtMost = 60

/** Throws `recording.file_missing`, or `recording.damaged` when it is no recording or another key's. */
export async function readRecording(path: string, key: string): Promise<SealedRecording> {
  const secret = recordingKey(key)
  const file = await open(path, 'r').catch((cause: unknown) => refuse('recording.file_missing', {}, { cause }))
  try {
    return await examine(file, path, secret)
  } finally {
    await file.close()
  }
}

async function examine(file: FileHandle, path: string, key: KeyObject): Promise<SealedRecording> {
  const header = await bytesAt(file, 0, headerBytes)
  const shape = shapeOf(header)
  if (!shape) refuse('recording.damaged', {}, { evidence: 'no recording' })
  const { size } = await file.stat()
  const whole = frameBytesOf(shape)
  const sealedWhole = lengthBytes + whole + tagBytes
  // Each frame but the last is as long as the next, so the end is found by going there. A power cut may have left what is no frame
  // at the end: then the last one that opens is the end.
  const most = Math.ceil((size - headerBytes) / sealedWhole)
  let frames = most
  let end: SealedFrame | undefined
  let isForeign = false
  while (!end && frames > 0 && most - frames < lostAtMost) {
    frames -= 1
    const found = await frameAt(file, frames, sealedWhole)
    if (found && openFrame(key, header, frames, found.sealed)) end = found
    else if (found) isForeign = true
  }
  if (!end && isForeign) refuse('recording.damaged', {}, { evidence: 'no frame opens' })
  const sampleBytes = end ? frames * whole + end.sampleBytes : 0
  const length = lengthOf(sampleBytes, shape)
  return {
    ...shape,
    ...length,
    isCutOff: end?.isLast !== true,
    wav: (range = { start: 0, end: length.sizeBytes - 1 }) =>
      Readable.from(wavBytes(path, key, header, shape, sampleBytes, range), { objectMode: false }),
  }
}

interface SealedFrame {
  readonly sealed: Buffer
  readonly sampleBytes: number
  readonly isLast: boolean
}

/** Undefined when it is not there as a whole. */
async function frameAt(file: FileHandle, frame: number, sealedWhole: number): Promise<SealedFrame | undefined> {
  const at = headerBytes + frame * sealedWhole
  const bytes = await bytesAt(file, at, sealedWhole)
  if (bytes.length < lengthBytes + tagBytes) return undefined
  const length = frameLength(bytes)
  const sealedBytes = lengthBytes + length.sampleBytes + tagBytes
  return bytes.length < sealedBytes ? undefined : { ...length, sealed: bytes.subarray(0, sealedBytes) }
}

async function bytesAt(file: FileHandle, at: number, bytes: number): Promise<Buffer> {
  const buffer = Buffer.alloc(bytes)
  const { bytesRead } = await file.read(buffer, 0, bytes, at)
  return buffer.subarray(0, bytesRead)
}

async function* wavBytes(
  path: string,
  key: KeyObject,
  header: Buffer,
  shape: RecordingShape,
  sampleBytes: number,
  { start, end }: { readonly start: number; readonly end: number },
): AsyncGenerator<Buffer> {
  const head = wavHeader(shape, sampleBytes)
  if (start < head.length) yield head.subarray(start, end + 1)
  const whole = frameBytesOf(shape)
  const from = Math.max(0, start - head.length)
  const until = Math.min(sampleBytes, end + 1 - head.length)
  if (from >= until) return
  const file = await open(path, 'r').catch((cause: unknown) => refuse('recording.file_missing', {}, { cause }))
  try {
    for (let frame = Math.floor(from / whole); frame * whole < until; frame += 1) {
      const found = await frameAt(file, frame, lengthBytes + whole + tagBytes)
      const samples = found && openFrame(key, header, frame, found.sealed)
      if (!samples) refuse('recording.damaged', { frame })
      yield samples.subarray(Math.max(0, from - frame * whole), until - frame * whole)
    }
  } finally {
    await file.close()
  }
}
