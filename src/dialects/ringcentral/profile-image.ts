// The picture of an extension: read whole, by range or only when it changed; set by an administrator or whoever may edit.
// Kept as a facet, since nothing but this vendor's clients looks at it. No scaled sizes.

import { createHash } from 'node:crypto'
import { byteRange } from '#protocols/http/range.ts'
import { mediaType } from '#protocols/http/media-type.ts'
import { parseMultipart } from '#protocols/http/multipart.ts'
import type { HttpAnswer } from '#protocols/http/exchange.ts'
import { refuse } from '#reasons/refusal.ts'
import { readFacet, setFacet } from '#store/facets.ts'
import { face } from './applications.ts'
import { userNamed } from './extensions.ts'
import type { RingCentralKnock, Room } from './knock.ts'

interface Image {
  readonly type: string
  readonly base64: string
}

const noun = 'profile_image'
const maxBytes = 256 * 1024

export async function readProfileImage(room: Room, knock: RingCentralKnock): Promise<HttpAnswer> {
  const { caller, userId } = knock.target!
  const named = knock.params['extensionId']!
  const user = await userNamed(room, caller, userId!, named)
  const image = await readFacet<Image>(room.parts.store, face, noun, user.id)
  if (!image) refuse('resource.not_found', { noun: 'profile image', parameter: 'extensionId', id: named.slice(0, 40) })
  const bytes = Buffer.from(image.base64, 'base64')
  const etag = `"${createHash('sha256').update(bytes).digest('base64url').slice(0, 27)}"`
  const headers = { 'content-type': image.type, etag, 'accept-ranges': 'bytes', 'x-content-type-options': 'nosniff' }
  const { 'if-none-match': known, range: wanted } = knock.request.headers
  if (known?.split(',').some((one) => one.trim().replace(/^W\//, '') === etag || one.trim() === '*'))
    return { status: 304, headers, body: '' }
  const range = byteRange(wanted, bytes.length)
  if (range === 'unsatisfiable') refuse('request.range_not_satisfiable', { sizeBytes: bytes.length })
  if (!range) return { status: 200, headers, body: bytes }
  const { start, end } = range
  return {
    status: 206,
    headers: { ...headers, 'content-range': `bytes ${start}-${end}/${bytes.length}` },
    body: bytes.subarray(start, end + 1),
  }
}

/** The first bytes decide what it is, not what the client calls it. */
function typeOf(bytes: Buffer): string | undefined {
  if (bytes.subarray(0, 8).equals(Buffer.from('89504e470d0a1a0a', 'hex'))) return 'image/png'
  if (bytes.subarray(0, 3).equals(Buffer.from('ffd8ff', 'hex'))) return 'image/jpeg'
  if (/^GIF8[79]a/.test(bytes.subarray(0, 6).toString('latin1'))) return 'image/gif'
  return undefined
}

export async function setProfileImage(room: Room, knock: RingCentralKnock): Promise<HttpAnswer> {
  const { caller, userId } = knock.target!
  const user = await userNamed(room, caller, userId!, knock.params['extensionId']!)
  const bytes = await imageOf(knock)
  if (bytes.length === 0) refuse('request.body_empty')
  if (bytes.length > maxBytes) refuse('request.body_too_large', { limitBytes: maxBytes })
  const type = typeOf(bytes)
  if (!type) refuse('request.parameter_invalid', { parameter: 'image', expected: 'a PNG, JPEG or GIF image' })
  const image: Image = { type, base64: bytes.toString('base64') }
  await room.parts.store.write(setFacet, {
    face,
    noun,
    id: user.id,
    account_id: caller.account.id,
    data: JSON.stringify(image),
    updated_ms: room.parts.clock.nowMs(),
  })
  return { status: 204, headers: {}, body: '' }
}

async function imageOf(knock: RingCentralKnock): Promise<Buffer> {
  const { body, headers } = knock.request
  const type = mediaType(headers['content-type'])
  if (type?.type === 'multipart/form-data') {
    const parts = await parseMultipart(body, type.boundary)
    return parts.find((part) => part.name === 'image')?.body ?? parts[0]?.body ?? Buffer.alloc(0)
  }
  if (body.length > 0 && !type?.type.startsWith('image/')) {
    refuse('request.content_type_invalid', {
      contentType: (headers['content-type'] ?? '').slice(0, 100),
      allowed: ['image/png', 'image/jpeg', 'image/gif', 'multipart/form-data'],
    })
  }
  return body
}
