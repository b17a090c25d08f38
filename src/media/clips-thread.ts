// The thread in which found sound becomes samples in a file: a long MP3 takes seconds, and neither calls nor requests wait for it.
// One job at a time, in order; whoever started the thread ends it when a job takes too long. Knows no URL and no cache.

import { open, rename, rm } from 'node:fs/promises'
import { parentPort } from 'node:worker_threads'
import { decodeSound, type Decoded } from './clips-decode.ts'

export interface DecodeJob {
  readonly id: number
  readonly bytes: Uint8Array
  readonly mediaType: string
  /** Where the samples go, under its own name only when they are whole. */
  readonly path: string
  readonly mostMs: number
}

export type DecodeEnd =
  | { readonly id: number; readonly rateHz: number; readonly durationMs: number; readonly sizeBytes: number }
  | { readonly id: number; readonly unsupported: string }
  | { readonly id: number; readonly tooLong: true }
  | { readonly id: number; readonly notWritten: string }

async function decodeInto(job: DecodeJob): Promise<DecodeEnd> {
  const { id, bytes, mediaType } = job
  try {
    const decoded = await decodeSound(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength), mediaType)
    return typeof decoded === 'string' ? { id, unsupported: decoded } : await writeDecoded(job, decoded)
  } catch {
    return { id, unsupported: 'broken sound' }
  }
}

async function writeDecoded({ id, path, mostMs }: DecodeJob, { rateHz, pieces }: Decoded): Promise<DecodeEnd> {
  const mostBytes = (mostMs / 1000) * rateHz * 2
  const unfinished = `${path}.${id}.part`
  let sizeBytes = 0
  try {
    const file = await open(unfinished, 'w', 0o600)
    try {
      for await (const piece of pieces) {
        sizeBytes += piece.byteLength
        if (sizeBytes > mostBytes) break
        await file.writeFile(new Uint8Array(piece.buffer, piece.byteOffset, piece.byteLength))
      }
    } finally {
      await file.close()
    }
    if (sizeBytes > 0 && sizeBytes <= mostBytes) {
      await rename(unfinished, path)
      return { id, rateHz, durationMs: Math.round((sizeBytes / 2 / rateHz) * 1000), sizeBytes }
    }
  } catch (cause) {
    await rm(unfinished, { force: true })
    const { code } = cause as NodeJS.ErrnoException
    // What the system says of files; anything else is a sound that the decoder fell over.
    if (code?.startsWith('E') !== true) throw cause
    return { id, notWritten: code }
  }
  await rm(unfinished, { force: true })
  return sizeBytes === 0 ? { id, unsupported: 'no sound' } : { id, tooLong: true }
}

let last: Promise<void> = Promise.resolve()
parentPort?.on('message', (job: DecodeJob) => {
  last = last.then(async () => parentPort?.postMessage(await decodeInto(job)))
})
