// What a message is to carry, brought together before the message is accepted: bytes that came with the request, files of
// the account's store, and files elsewhere, fetched here under guard. So whoever sends hears at once that a file is missing
// or unsuitable, and an accepted message lacks nothing. All fetches together have a few seconds.
//
// Nothing is written here: the rows are kept by the write that accepts the message (keepMedia), in its commit.

import type { FetchGuarded, OutgoingAnswer } from '#protocols/http/outgoing.ts'
import { Refusal, refusal, refuse } from '#reasons/refusal.ts'
import { readMedia, readMediaByName, sha256Of, type MediaRow, type NewMedia } from '#store/media.ts'
import type { Reader } from '#store/store.ts'
import type { Clock } from '#values/clock.ts'
import type { NextId } from '#values/ids.ts'
import { checkMedia, extensionOf, type MediaFile, type MediaLimits } from './media-types.ts'
import type { MediaUrls } from './media-urls.ts'
import type { JobMedia } from './sms-carrier.ts'

/** For all URLs of one message. */
const fetchWithinMs = 8_000
const mostAttachments = 10

export type WantedMedia =
  | { readonly from: 'request'; readonly file: MediaFile }
  | { readonly from: 'url'; readonly url: string }
  | { readonly from: 'store'; readonly id: number }
  | { readonly from: 'store'; readonly name: string }

export interface GatherParts {
  readonly read: Reader
  readonly fetch: FetchGuarded
  readonly nextId: NextId
  readonly clock: Clock
}

export interface MediaOwner {
  readonly accountId: number
  readonly limits: MediaLimits
  /** Files on this machine may be fetched: the sandbox account's. */
  readonly loopback: boolean
}

/**
 * Rows for a message, in the order wanted, to be kept by its write. Gives message.media_unusable,
 * message.attachment_empty, message.attachment_too_large, message.attachment_type_unsupported, message.too_large.
 */
export async function gatherMedia(
  parts: GatherParts,
  owner: MediaOwner,
  messageId: number,
  wanted: readonly WantedMedia[],
): Promise<NewMedia[]> {
  const { attachmentBytes, messageMediaBytes } = owner.limits
  if (wanted.length > mostAttachments) refuse('message.media_unusable', { media: `more than ${mostAttachments}` })
  const startMs = parts.clock.elapsedMs()
  const found = await Promise.all(
    wanted.map(async (one): Promise<NewMedia> => {
      if (one.from === 'store') return { row: await storedRow(parts, owner, one) }
      const file = one.from === 'request' ? one.file : await fetchFile(parts, owner, one.url, startMs)
      const type = checkMedia(file, owner.limits)
      return { row: rowOf(parts, owner, file, type, one.from === 'request' ? 'uploaded' : 'fetched'), bytes: file.bytes }
    }),
  )
  let total = 0
  return found.map(({ row, bytes }, position) => {
    if (row.size_bytes > attachmentBytes) refuse('message.attachment_too_large', { limitBytes: attachmentBytes })
    total += row.size_bytes
    if (total > messageMediaBytes) refuse('message.too_large', { limitBytes: messageMediaBytes })
    return { row: { ...row, message_id: messageId, position }, bytes }
  })
}

function rowOf(
  { nextId, clock }: GatherParts,
  { accountId }: MediaOwner,
  { name, bytes }: MediaFile,
  type: string,
  origin: MediaRow['origin'],
): MediaRow {
  return {
    id: nextId(),
    account_id: accountId,
    message_id: null,
    position: 0,
    listed: 0,
    name: name.slice(0, 200),
    type,
    size_bytes: bytes.length,
    sha256: sha256Of(bytes),
    origin,
    created_ms: clock.nowMs(),
    expires_ms: null,
  }
}

/** A row of its own with the content of the stored one: that may be deleted while the message is on its way. */
async function storedRow(
  { read, nextId, clock }: GatherParts,
  { accountId }: MediaOwner,
  wanted: { readonly id: number } | { readonly name: string },
): Promise<MediaRow> {
  const row = 'id' in wanted ? await readMedia(read, accountId, wanted.id) : await readMediaByName(read, accountId, wanted.name)
  if (!row || row.listed === 0) refuse('message.media_unusable', 'name' in wanted ? { media: wanted.name.slice(0, 200) } : {})
  return {
    ...row,
    id: nextId(),
    listed: 0,
    origin: row.origin === 'received' ? 'uploaded' : row.origin,
    created_ms: clock.nowMs(),
    expires_ms: null,
  }
}

/**
 * A file elsewhere, by its address. Gives message.media_unusable and message.attachment_too_large. What the answer said is
 * not told, so that nobody looks at other networks through us.
 */
async function fetchFile(parts: GatherParts, owner: MediaOwner, url: string, startMs: number): Promise<MediaFile> {
  const { attachmentBytes } = owner.limits
  const totalMs = Math.max(1, fetchWithinMs - (parts.clock.elapsedMs() - startMs))
  const answer = await parts.fetch({
    method: 'GET',
    url,
    headers: { accept: '*/*' },
    limits: { totalMs, headersMs: totalMs, maxBytes: attachmentBytes },
    loopback: owner.loopback,
    redirects: 3,
  })
  const media = url.slice(0, 300)
  if ('failed' in answer) {
    const { kind, detail } = answer.failed
    if (kind === 'too_large') refuse('message.attachment_too_large', { limitBytes: attachmentBytes })
    refuse('message.media_unusable', { media }, { evidence: `${kind}: ${detail}` })
  }
  if (answer.status !== 200) refuse('message.media_unusable', { media }, { evidence: `answered with ${answer.status}` })
  return { name: nameOf(answer), type: headerOf(answer, 'content-type'), bytes: answer.body }
}

function headerOf({ headers }: OutgoingAnswer, name: string): string | undefined {
  const value = headers[name]
  return typeof value === 'string' ? value : value?.[0]
}

/** The last segment of the path that was reached in the end. */
function nameOf({ url }: OutgoingAnswer): string {
  const segment = URL.parse(url)?.pathname.split('/').at(-1) ?? ''
  try {
    return decodeURIComponent(segment)
      .replaceAll(/[\p{Cc}/\\]/gu, '')
      .slice(0, 200)
  } catch {
    return segment.slice(0, 200)
  }
}

/** What a carrier is told of a message's media: links that it may fetch. */
export function jobMedia(rows: readonly MediaRow[], urls: MediaUrls): JobMedia[] {
  return rows.map(({ id, type, size_bytes: sizeBytes, name }, index) => ({
    url: urls.urlOf(id),
    type,
    sizeBytes,
    name: name === '' ? `${index + 1}.${extensionOf(type)}` : name,
  }))
}

/**
 * What a message from the network brings, fetched from where the carrier says. A file that cannot be had is told instead of
 * being left out silently: the message counts more than its picture. `received` of the rows is kept for 30 days.
 */
export async function gatherInbound(
  parts: GatherParts,
  owner: MediaOwner,
  messageId: number,
  media: readonly JobMedia[],
): Promise<{ readonly rows: readonly NewMedia[]; readonly missing: readonly Refusal[] }> {
  const startMs = parts.clock.elapsedMs()
  const missing: Refusal[] = []
  const rows: NewMedia[] = []
  const files = await Promise.all(
    media.slice(0, mostAttachments).map(async ({ url, type, name }) => {
      try {
        const fetched = await fetchFile(parts, owner, url, startMs)
        const file = { ...fetched, type: type || fetched.type, name: name || fetched.name }
        return { file, type: checkMedia(file, owner.limits) }
      } catch (error) {
        if (error instanceof Refusal) return error
        throw error
      }
    }),
  )
  if (media.length > mostAttachments) missing.push(refusal('message.media_unusable', { media: `more than ${mostAttachments}` }))
  for (const found of files) {
    if (found instanceof Refusal) missing.push(found)
    else {
      const row = rowOf(parts, owner, found.file, found.type, 'received')
      // Listed, so that it can be fetched and sent on by name, which only this one has.
      const name = `received/${row.id}.${extensionOf(found.type)}`
      rows.push({ row: { ...row, name, listed: 1, message_id: messageId, position: rows.length }, bytes: found.file.bytes })
    }
  }
  return { rows, missing }
}
