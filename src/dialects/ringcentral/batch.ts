// Several ids in one path segment (reference 2.9): each is answered on its own, all together in one 207. The boundary is
// not quoted and begins with `Boundary`: the clients' parsers need that.

import { STATUS_CODES } from 'node:http'
import { parseJson } from '#protocols/http/json-strict.ts'
import { mediaType } from '#protocols/http/media-type.ts'
import type { HttpAnswer } from '#protocols/http/exchange.ts'
import { Refusal, refuse } from '#reasons/refusal.ts'
import { envelope } from './errors.ts'
import { multipartJson, object, shown } from './json-body.ts'
import { apiUri, type RingCentralKnock, type Room } from './knock.ts'
import { requirePermissions, resolveTarget } from './target.ts'

const maxIds = 50
const maxEntries = 1000

interface Item {
  readonly id: string
  readonly body?: unknown
}

interface Answered {
  readonly id: string
  readonly status: number
  /** JSON text, empty for none. */
  readonly body: string
}

/** Whether the path names more than one. */
export function isBatch(knock: RingCentralKnock): boolean {
  const { batch } = knock.route!
  if (batch === undefined) return false
  const value = knock.params[batch]!
  return value.includes(',') || (value === '*' && knock.method === 'PUT')
}

export async function performBatch(room: Room, knock: RingCentralKnock): Promise<HttpAnswer> {
  const batch = knock.route!.batch!
  const items = itemsOf(knock, knock.params[batch]!)
  const limit = knock.params[batch] === '*' ? maxEntries : (knock.route!.mostIds ?? maxIds)
  if (items.length > limit) refuse('request.batch_too_large', { limit })
  const seen = new Set<string>()
  for (const { id } of items) {
    if (id === '') refuse('request.list_element_empty', { parameter: batch })
    if (seen.has(id)) refuse('request.value_repeated', { parameter: batch, value: id.slice(0, 40) })
    seen.add(id)
  }
  const answers: Answered[] = []
  for (const item of items) answers.push(await performOne(room, knock, batch, item))
  if (knock.method === 'DELETE' && answers.every((one) => one.status < 300)) return { status: 204, headers: {}, body: '' }
  return wantsJson(knock) ? asJson(answers) : asMultipart(room, knock, batch, answers)
}

async function performOne(room: Room, knock: RingCentralKnock, batch: string, { id, body }: Item): Promise<Answered> {
  const single: RingCentralKnock = {
    ...knock,
    params: { ...knock.params, [batch]: id },
    body: body ?? knock.body,
    target: undefined,
  }
  try {
    await resolveTarget(room, single)
    requirePermissions(single)
    const answer = await knock.route!.perform(room, single)
    return { id, status: answer.status, body: answer.body.toString() }
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    const told = envelope(error)
    return { id, status: told.status, body: JSON.stringify(told.body) }
  }
}

/** The ids with what the body says to each. Gives request.parameter_invalid when there are more or fewer bodies than ids. */
function itemsOf(knock: RingCentralKnock, named: string): Item[] {
  const { request } = knock
  const type = mediaType(request.headers['content-type'])
  if (named === '*') {
    if (type?.type !== multipartJson && type?.type !== 'application/json')
      refuse('request.content_type_invalid', { allowed: [multipartJson] })
    return list(parseJson(request.body)).map((one) => ({ id: String(one['resourceId'] ?? ''), body: object(one['body'] ?? {}) }))
  }
  const ids = named.split(',').slice(0, maxIds + 1)
  if (request.body.length === 0 || knock.method === 'GET' || knock.method === 'DELETE') return ids.map((id) => ({ id }))
  const bodies =
    type?.type === multipartJson
      ? list(parseJson(request.body)).map((one) => object(one['body'] ?? {}))
      : type?.type.startsWith('multipart/')
        ? jsonParts(request.body.toString('latin1'), type.boundary!)
        : undefined
  if (bodies === undefined) return ids.map((id) => ({ id }))
  if (bodies.length !== ids.length)
    refuse('request.parameter_invalid', { parameter: 'body', expected: `${ids.length} parts, one for each id` })
  return ids.map((id, at) => ({ id, body: bodies[at] }))
}

function list(value: unknown): Record<string, unknown>[] {
  if (!Array.isArray(value)) refuse('request.json_invalid', { fault: 'a list is expected' })
  if (value.length > maxEntries) refuse('request.batch_too_large', { limit: maxEntries })
  return value.map(object)
}

/** RFC 2046 5.1: what stands between the boundaries, headers and body divided by an empty line. Gives request.unparsable. */
function jsonParts(body: string, boundary: string): unknown[] {
  const parts = `\n${body.replaceAll('\r\n', '\n')}`.split(`\n--${boundary}`)
  if (parts.length < 3 || !parts.at(-1)!.startsWith('--') || parts.length > maxIds + 3)
    refuse('request.unparsable', { fault: 'not multipart' })
  return parts.slice(1, -1).map((part) => {
    const gap = part.indexOf('\n\n')
    if (gap < 0) refuse('request.unparsable', { fault: 'a part without an empty line' })
    return object(parseJson(Buffer.from(part.slice(gap + 2).trim(), 'latin1')))
  })
}

const wantsJson = (knock: RingCentralKnock): boolean =>
  (knock.request.headers['accept'] ?? '').includes(multipartJson) ||
  mediaType(knock.request.headers['content-type'])?.type === multipartJson

function asJson(answers: readonly Answered[]): HttpAnswer {
  const body = answers.map(
    ({ id, status, body: text }) =>
      `{"resourceId":${JSON.stringify(id)},"status":${status}${text === '' ? '' : `,"body":${text}`}}`,
  )
  return { status: 207, headers: { 'content-type': multipartJson }, body: `[${body.join(',')}]` }
}

function asMultipart(room: Room, knock: RingCentralKnock, batch: string, answers: readonly Answered[]): HttpAnswer {
  // No id and no JSON text of ours has this in it.
  const boundary = `Boundary_${crypto.randomUUID().replaceAll('-', '_')}`
  const response = answers.map(({ id, status, body }) => ({
    href: hrefOf(room, knock, batch, id, body),
    status,
    responseDescription: STATUS_CODES[status] ?? '',
  }))
  const parts = [JSON.stringify({ response }), ...answers.map((one) => one.body)]
  const body = `${parts.map((part) => `--${boundary}\r\nContent-Type: application/json\r\n\r\n${part}\r\n`).join('')}--${boundary}--\r\n`
  return { status: 207, headers: { 'content-type': `multipart/mixed; boundary=${boundary}` }, body }
}

/** The canonical address: as the item itself says it, else the path with this id in the place of the list. */
function hrefOf(room: Room, knock: RingCentralKnock, batch: string, id: string, body: string): string {
  const own = /^\{"uri":"([^"\\]+)"/.exec(body)?.[1]
  if (own !== undefined) return own
  const path = knock
    .route!.path.replace('/v1.0', '')
    .replace(`:${batch}`, encodeURIComponent(shown(id)))
    .replace(':accountId', String(room.ids.show('account', knock.target?.caller.account.id ?? knock.caller!.account.id)))
    .replace(':extensionId', extensionIn(room, knock))
  return apiUri(room, knock, path)
}

function extensionIn(room: Room, { params, caller }: RingCentralKnock): string {
  const named = params['extensionId'] ?? ''
  return named === '~' && caller!.user ? String(room.ids.show('user', caller!.user.id)) : encodeURIComponent(named)
}
