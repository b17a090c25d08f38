// Bytes of somebody's file as an answer, whole or one range of it. A browser shows none of it as a page of ours: whoever
// put it there chose what it holds.

import type { Readable } from 'node:stream'
import { refuse } from '#reasons/refusal.ts'
import type { HttpAnswer } from './exchange.ts'
import { byteRange } from './range.ts'

/** Bytes that are read when they are sent. */
export interface ByteSource {
  readonly length: number
  /** From `start` to `end`, both counted in. */
  read(start: number, end: number): Readable
}

export interface SentFile {
  readonly bytes: Buffer | ByteSource
  readonly type: string
  /** Empty: none is told. */
  readonly name: string
}

/** `range` is the header as it came. Gives request.range_not_satisfiable. */
export function bytesAnswer({ bytes, type, name }: SentFile, range: string | undefined): HttpAnswer {
  const headers: HttpAnswer['headers'] = {
    'content-type': type,
    'accept-ranges': 'bytes',
    'cache-control': 'private, no-store',
    'content-disposition': disposition(name),
    'content-security-policy': "default-src 'none'; sandbox",
    'x-content-type-options': 'nosniff',
  }
  const part = byteRange(range, bytes.length)
  if (part === undefined) return { status: 200, ...partOf(bytes, headers, 0, bytes.length - 1) }
  if (part === 'unsatisfiable') refuse('request.range_not_satisfiable', { sizeBytes: bytes.length })
  const { start, end } = part
  headers['content-range'] = `bytes ${start}-${end}/${bytes.length}`
  return { status: 206, ...partOf(bytes, headers, start, end) }
}

function partOf(
  bytes: Buffer | ByteSource,
  headers: HttpAnswer['headers'],
  start: number,
  end: number,
): Omit<HttpAnswer, 'status'> {
  if (Buffer.isBuffer(bytes)) return { headers, body: bytes.subarray(start, end + 1) }
  headers['content-length'] = String(end - start + 1)
  return { headers, body: '', stream: bytes.read(start, end) }
}

/** RFC 6266 4: a plain name for all, and the whole one as RFC 8187 has it. */
function disposition(name: string): string {
  const file = name.split('/').at(-1)!
  if (file === '') return 'attachment'
  const plain = file.replaceAll(/[^\x20-\x7e]|["\\%]/g, '_')
  const whole = encodeURIComponent(file.toWellFormed()).replaceAll(/['()*]/g, (mark) => `%${mark.charCodeAt(0).toString(16)}`)
  return `attachment; filename="${plain}"${plain === file ? '' : `; filename*=UTF-8''${whole}`}`
}
