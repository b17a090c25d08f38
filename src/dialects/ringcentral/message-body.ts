// The body of a message to be sent (reference 6.1): JSON, or several parts of which one is JSON and the others are files. One
// of the client packages sends a form of one part even for a text without files.

import type { MediaFile } from '#messaging/media-types.ts'
import { parseJson } from '#protocols/http/json-strict.ts'
import { mediaType } from '#protocols/http/media-type.ts'
import { parseMultipart } from '#protocols/http/multipart.ts'
import { parseMixed } from '#protocols/http/multipart-mixed.ts'
import { refuse } from '#reasons/refusal.ts'
import { object, type Fields } from './json-body.ts'
import type { RingCentralKnock } from './knock.ts'

export interface MessageBody {
  readonly fields: Fields
  readonly files: readonly MediaFile[]
}

interface Part {
  readonly name: string
  readonly type: string
  readonly body: Buffer
  /** A part of a form that is no file. */
  readonly field: string | undefined
}

const allowed = ['application/json', 'multipart/form-data', 'multipart/mixed'] as const

/** Gives request.body_empty, request.content_type_invalid, request.unparsable and those of strict JSON. */
export async function messageBody({ request }: RingCentralKnock): Promise<MessageBody> {
  const { body, headers } = request
  if (body.length === 0) refuse('request.body_empty')
  const type = mediaType(headers['content-type'])
  if (type?.type === 'application/json') {
    const value = parseJson(body)
    if (value === null) refuse('request.body_empty')
    return { fields: object(value), files: [] }
  }
  if (type?.type === 'multipart/form-data') return ofParts(await formParts(body, type.boundary))
  if (type?.type === 'multipart/mixed') {
    const parts = parseMixed(body, type.boundary!)
    return ofParts(parts.map((part) => ({ name: part.fileName, type: part.type, body: part.body, field: undefined })))
  }
  return refuse('request.content_type_invalid', {
    contentType: (headers['content-type'] ?? '').slice(0, 100),
    allowed: [...allowed],
  })
}

async function formParts(body: Buffer, boundary: string | undefined): Promise<Part[]> {
  const parts = await parseMultipart(body, boundary)
  return parts.map((part) => ({
    name: part.fileName ?? '',
    type: mediaType(part.type)?.type ?? '',
    body: part.body,
    field: part.fileName === undefined ? part.name : undefined,
  }))
}

/** The first part that says it is JSON, else a field of a form that is called so. */
function ofParts(parts: readonly Part[]): MessageBody {
  const envelope =
    parts.find(({ type }) => type === 'application/json') ?? parts.find(({ field }) => field === 'json' || field === 'request')
  if (!envelope) refuse('request.unparsable', { fault: 'no part is JSON' })
  const files = parts.filter((part) => part !== envelope && part.field === undefined)
  return {
    fields: object(parseJson(envelope.body)),
    files: files.map(({ name, type, body }) => ({ name, type, bytes: body })),
  }
}
