// The sealed file of one recording, as a media worker writes it while people speak: AES-256-GCM in frames of one second, so that
// whatever dies, all but the last second can be read. Writing is buffered and never waits in the tick that gives the samples.
// 16-bit PCM, not G.711: two G.711 sides mixed are no G.711 any more, wideband calls keep what they have, and the tick pays for a
// copy instead of a table. Deliberately knows no call, trims nothing and makes no WAV: see recording-reader.ts.
//
//   header  "OHR" 1 | codec 1 = PCM | channels | rate, 4 | 6 zero bytes                                     16 bytes
//   frame   bytes of samples, 4, the highest bit: the last frame | samples, interleaved, sealed | tag, 16
//
// All frames but the last hold one second, so a moment's place in the file can be computed. The nonce is the frame's number, as a
// key is for one recording only; header and length are authenticated with each frame. A file without a last frame was cut off.

import { createCipheriv, createDecipheriv, type KeyObject, createSecretKey } from 'node:crypto'
import { mkdir, open, type FileHandle } from 'node:fs/promises'
import { dirname } from 'node:path'
import { wavHeaderBytes } from './wav-header.ts'

export const headerBytes = 16
export const lengthBytes = 4
export const tagBytes = 16
const lastFrame = 0x8000_0000
/** A minute of a slow disk is borne; then the recording ends with what it has. */
const framesWaiting = 60

export interface RecordingShape {
  readonly channels: number
  readonly rateHz: number
}

export interface OpenRecording extends RecordingShape {
  readonly path: string
  /** 32 bytes, base64; for this recording alone. */
  readonly key: string
  /** The file cannot be written (any more), told once: `recording.not_written` with this detail. What was written stays. */
  readonly onFault?: (detail: string) => void
}

export interface RecordingWriter {
  /** One array of samples for each channel, all of one length. Returns at once and never throws. */
  write(channels: readonly Int16Array[]): void
  /** After what was given is on the disk, or has failed to get there. `sizeBytes` is that of the WAV it makes. */
  close(): Promise<RecordingLength>
}

export interface RecordingLength {
  readonly durationMs: number
  /** Of the WAV. */
  readonly sizeBytes: number
}

/** Of the samples of a whole frame: one second. */
export function frameBytesOf({ channels, rateHz }: RecordingShape): number {
  return channels * rateHz * 2
}

/** How long so many bytes of samples sound, and how large their WAV is. */
export function lengthOf(sampleBytes: number, { channels, rateHz }: RecordingShape): RecordingLength {
  return { durationMs: Math.round((sampleBytes / (channels * 2) / rateHz) * 1000), sizeBytes: wavHeaderBytes + sampleBytes }
}

/** Throws a TypeError for what is not 32 bytes in base64. */
export function recordingKey(base64: string): KeyObject {
  const bytes = Buffer.from(base64, 'base64')
  if (bytes.length !== 32) throw new TypeError('the key of a recording is 32 bytes')
  return createSecretKey(bytes)
}

/** The 16 bytes that begin the file. */
export function headerOf({ channels, rateHz }: RecordingShape): Buffer {
  const header = Buffer.alloc(headerBytes)
  header.write('OHR', 0, 'latin1')
  header.writeUInt8(1, 3)
  header.writeUInt8(1, 4)
  header.writeUInt8(channels, 5)
  header.writeUInt32BE(rateHz, 6)
  return header
}

/** Undefined when these bytes begin no recording of ours. */
export function shapeOf(header: Buffer): RecordingShape | undefined {
  if (header.length < headerBytes) return undefined
  const shape = { channels: header.readUInt8(5), rateHz: header.readUInt32BE(6) }
  const isOurs = shape.channels > 0 && shape.rateHz > 0 && header.subarray(0, headerBytes).equals(headerOf(shape))
  return isOurs ? shape : undefined
}

/** By its number: 64 bits are more seconds than there are. */
function nonceOf(frame: number): Buffer {
  const nonce = Buffer.alloc(12)
  nonce.writeBigUInt64BE(BigInt(frame), 4)
  return nonce
}

/** A frame as it stands in the file, by its number from 0 on. */
function sealFrame(key: KeyObject, header: Buffer, frame: number, samples: Uint8Array, isLast: boolean): Buffer {
  const length = Buffer.alloc(lengthBytes)
  length.writeUInt32BE((samples.length | (isLast ? lastFrame : 0)) >>> 0)
  const cipher = createCipheriv('aes-256-gcm', key, nonceOf(frame))
  cipher.setAAD(Buffer.concat([header, length]))
  const sealed = cipher.update(samples)
  cipher.final()
  return Buffer.concat([length, sealed, cipher.getAuthTag()])
}

/** What the first four bytes of a frame say. */
export function frameLength(length: Buffer): { readonly sampleBytes: number; readonly isLast: boolean } {
  const word = length.readUInt32BE(0)
  return { sampleBytes: word & ~lastFrame, isLast: word >>> 31 === 1 }
}

/** The samples of a whole frame; undefined when it was sealed under another key, changed, or moved. */
export function openFrame(key: KeyObject, header: Buffer, frame: number, sealed: Buffer): Buffer | undefined {
  const decipher = createDecipheriv('aes-256-gcm', key, nonceOf(frame))
  decipher.setAAD(Buffer.concat([header, sealed.subarray(0, lengthBytes)]))
  decipher.setAuthTag(sealed.subarray(-tagBytes))
  const samples = decipher.update(sealed.subarray(lengthBytes, -tagBytes))
  try {
    decipher.final()
    return samples
  } catch {
    return undefined
  }
}

/** The file must not exist: a key and its nonces are used once. */
export function openRecording(wish: OpenRecording): RecordingWriter {
  return new SealedRecording(wish)
}

class SealedRecording implements RecordingWriter {
  readonly #wish: OpenRecording
  readonly #key: KeyObject
  readonly #header: Buffer
  /** Of the second under way; all that Node runs on is little-endian, as the file is. */
  #samples: Int16Array
  #filled = 0
  /** A whole second that waits for its turn to be sealed. */
  #full: Int16Array | undefined
  /** What the second after the next is written to. */
  #spare: Int16Array | undefined
  #frames = 0
  #waiting: Buffer[] = []
  #writing: Promise<void> | undefined
  #file: FileHandle | undefined
  /** Of samples, on the disk. */
  #writtenBytes = 0
  #hasFailed = false
  #closing: Promise<RecordingLength> | undefined

  constructor(wish: OpenRecording) {
    this.#wish = wish
    this.#key = recordingKey(wish.key)
    this.#header = headerOf(wish)
    this.#samples = new Int16Array(wish.channels * wish.rateHz)
    this.#put(this.#header)
  }

  write(channels: readonly Int16Array[]): void {
    if (this.#hasFailed || this.#closing) return
    const count = channels[0]?.length ?? 0
    let samples = this.#samples
    for (let at = 0; at < count; at += 1) {
      for (let channel = 0; channel < this.#wish.channels; channel += 1) {
        samples[this.#filled] = channels[channel]?.[at] ?? 0
        this.#filled += 1
      }
      if (this.#filled === samples.length) {
        this.#sealSoon()
        samples = this.#samples
      }
    }
  }

  close(): Promise<RecordingLength> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<RecordingLength> {
    this.#sealFull()
    if (!this.#hasFailed) this.#seal(this.#samples, this.#filled, true)
    await this.#writing
    try {
      // What is told as recorded is on the disk.
      if (!this.#hasFailed) await this.#file?.datasync()
      await this.#file?.close()
    } catch (cause) {
      this.#fail(cause)
    }
    return lengthOf(this.#writtenBytes, this.#wish)
  }

  #sealSoon(): void {
    this.#sealFull()
    this.#full = this.#samples
    this.#samples = this.#spare ?? new Int16Array(this.#full.length)
    this.#spare = undefined
    this.#filled = 0
    inItsTurn(() => this.#sealFull())
  }

  #sealFull(): void {
    const full = this.#full
    if (!full) return
    this.#full = undefined
    this.#spare = full
    if (!this.#hasFailed) this.#seal(full, full.length, false)
  }

  #seal(samples: Int16Array, count: number, isLast: boolean): void {
    const bytes = new Uint8Array(samples.buffer, 0, count * 2)
    this.#put(sealFrame(this.#key, this.#header, this.#frames, bytes, isLast))
    this.#frames += 1
  }

  #put(bytes: Buffer): void {
    this.#waiting.push(bytes)
    if (this.#waiting.length > framesWaiting) this.#fail(new Error('the disk is too slow'))
    else this.#writing ??= this.#writeAll()
  }

  /** Never rejects. */
  async #writeAll(): Promise<void> {
    try {
      this.#file ??= await this.#create()
      while (this.#waiting.length > 0 && !this.#hasFailed) {
        const bytes = this.#waiting.shift()!
        await writeWhole(this.#file, bytes)
        if (bytes !== this.#header) this.#writtenBytes += bytes.length - lengthBytes - tagBytes
      }
    } catch (cause) {
      this.#fail(cause)
    }
    this.#writing = undefined
  }

  async #create(): Promise<FileHandle> {
    const { path } = this.#wish
    await mkdir(dirname(path), { recursive: true, mode: 0o700 })
    return open(path, 'wx', 0o600)
  }

  #fail(cause: unknown): void {
    if (this.#hasFailed) return
    this.#hasFailed = true
    this.#waiting = []
    const { code, message } = cause as NodeJS.ErrnoException
    this.#wish.onFault?.(code ?? message)
  }
}

async function writeWhole(file: FileHandle, bytes: Buffer): Promise<void> {
  for (let at = 0; at < bytes.length;) at += (await file.write(bytes, at)).bytesWritten
}

/** Recordings that began together have their seconds together: sealed one a turn of the loop, they make no packet late. */
const waiting: (() => void)[] = []
let hasTurn = false

function inItsTurn(act: () => void): void {
  waiting.push(act)
  if (!hasTurn) setImmediate(takeTurn)
  hasTurn = true
}

function takeTurn(): void {
  const act = waiting.shift()
  act?.()
  hasTurn = waiting.length > 0
  if (hasTurn) setImmediate(takeTurn)
}
