// The call log of an extension and of the account, calls in progress, and what is deleted of a log (reference section 8).

import { deleteCallLogOperation } from '#operations/calls/call-log.ts'
import { listCallsOperation } from '#operations/calls/list-calls.ts'
import { readCallOperation } from '#operations/calls/read-call.ts'
import { listUsersOperation } from '#operations/users/list-users.ts'
import type { HttpAnswer } from '#protocols/http/exchange.ts'
import type { Pairs } from '#protocols/http/query.ts'
import { Refusal, refuse } from '#reasons/refusal.ts'
import { markReset } from './call-log-reset.ts'
import { callRecords, type CallShown } from './call-record.ts'
import { accountUri, extensionUri } from './extension-view.ts'
import { json, type RingCentralKnock, type Room } from './knock.ts'
import { directionOf, partyOf, periodOf } from './message-fields.ts'
import { cut, listAnswer, pageOf } from './paging.ts'
import { moment, one, several, yesOrNo } from './query-fields.ts'

/** What may not stand beside `sessionId`, which names one session (CLG-110). */
const excluded = [
  'extensionNumber',
  'phoneNumber',
  'direction',
  'type',
  'transport',
  'dateFrom',
  'dateTo',
  'recordingType',
  'withRecording',
  'showBlocked',
  'telephonySessionId',
]

const types = ['Voice', 'Fax'] as const
const transports = ['PSTN', 'VoIP'] as const
const views = ['Simple', 'Detailed'] as const
const recordingTypes = ['Automatic', 'OnDemand', 'All'] as const
const recordedBy = { All: 'any', Automatic: 'script', OnDemand: 'api' } as const

export const isDetailed = (query: Pairs): boolean => oneOf(query, 'view', views) === 'Detailed'

/** The last one of its name. Gives request.parameter_invalid. */
export function oneOf<const V extends readonly string[]>(query: Pairs, name: string, known: V): V[number] | undefined {
  return several(query, name, known).at(-1)
}

export function recordedOf(query: Pairs): 'any' | 'api' | 'script' | undefined {
  const type = oneOf(query, 'recordingType', recordingTypes)
  return type ? recordedBy[type] : yesOrNo(query, 'withRecording') ? 'any' : undefined
}

/** Where a list or a record of this path stands; an account's has no extension. */
export function logUri(room: Room, knock: RingCentralKnock, userId: number | undefined): string {
  const { caller } = knock.target!
  return userId === undefined ? accountUri(room, knock, caller.account.id) : extensionUri(room, knock, caller.account.id, userId)
}

/** The extension that the path names; undefined where it names the account alone. */
export const ownerOf = ({ params, target }: RingCentralKnock): number | undefined =>
  params['extensionId'] === undefined ? undefined : target!.userId!

/** Gives request.parameter_invalid, request.parameters_exclusive. */
async function filtersOf(room: Room, knock: RingCentralKnock): Promise<Record<string, unknown> | undefined> {
  const { query } = knock
  const session = sessionAsked(room, query)
  const kinds = new Set(several(query, 'type', types))
  const transport = new Set(several(query, 'transport', transports))
  const recorded = recordedOf(query)
  const phoneNumber = one(query, 'phoneNumber')
  const extensionNumber = one(query, 'extensionNumber')
  yesOrNo(query, 'showBlocked')
  if (phoneNumber !== undefined && extensionNumber !== undefined)
    refuse('request.parameter_invalid', {
      parameter: 'phoneNumber',
      value: phoneNumber,
      expected: 'no extensionNumber beside it',
    })
  const direction = directionOf(query)
  const { from, until } = periodOf(query, room.parts.clock.nowMs())
  const userId = extensionNumber === undefined ? undefined : await userWith(room, knock, extensionNumber)
  if (session === null || userId === null || (kinds.size === 1 && kinds.has('Fax'))) return undefined
  return {
    first: true,
    ...(session === undefined ? { since: from, ...(until !== undefined && { until }) } : { sessionId: session }),
    ...(direction && { seenAs: direction }),
    ...(phoneNumber !== undefined && { party: partyOf(phoneNumber) }),
    ...(userId !== undefined && { userId }),
    ...(transport.size === 1 && { ofPhone: transport.has('VoIP') }),
    ...(recorded && { recorded }),
  }
}

/** null: no such session. Gives request.parameters_exclusive. */
function sessionAsked(room: Room, query: Pairs): number | null | undefined {
  const session = one(query, 'sessionId')
  if (session !== undefined) {
    const other = excluded.find((name) => one(query, name) !== undefined)
    if (other !== undefined)
      refuse('request.parameters_exclusive', { parameters: ['sessionId', other], set: 'session_id', parameter: other })
    return room.ids.read('callSession', session) ?? null
  }
  const telephony = one(query, 'telephonySessionId')
  return telephony === undefined ? undefined : (room.ids.read('callSession', telephony.replace(/^s-/, '')) ?? null)
}

/** null: nobody has it. Gives request.parameter_invalid. */
async function userWith(room: Room, knock: RingCentralKnock, extensionNumber: string): Promise<number | null> {
  if (!/^[0-9]{1,8}$/.test(extensionNumber)) {
    const value = extensionNumber.slice(0, 100)
    refuse('request.parameter_invalid', { parameter: 'extensionNumber', value, expected: '1 to 8 digits' })
  }
  const { items } = await room.parts.run(listUsersOperation, knock.target!.caller, { extensionNumber, limit: 1 })
  return items[0]?.id ?? null
}

async function list(room: Room, knock: RingCentralKnock, path: string, narrow: object | undefined): Promise<HttpAnswer> {
  const { caller } = knock.target!
  const wanted = pageOf(knock.query)
  const userId = ownerOf(knock)
  const record = callRecords(room, knock, { userId, isDetailed: isDetailed(knock.query) })
  const uri = `${logUri(room, knock, userId)}/${path}`
  if (!narrow) return listAnswer(knock, uri, wanted, cut([], wanted))
  const { items, next } = await room.parts.run(listCallsOperation, caller, {
    ...narrow,
    ...(userId !== undefined && { userId }),
    limit: wanted.perPage,
    skip: wanted.skip,
  })
  return listAnswer(knock, uri, wanted, { records: await Promise.all(items.map(record)), more: next !== null })
}

export async function listCallLog(room: Room, knock: RingCentralKnock): Promise<HttpAnswer> {
  const narrow = await filtersOf(room, knock)
  const showsDeleted = yesOrNo(knock.query, 'showDeleted') ?? false
  const isOwn = ownerOf(knock) !== undefined
  // An extension's own log cannot be narrowed to another one.
  const userId = narrow?.['userId']
  if (isOwn && userId !== undefined && userId !== ownerOf(knock)) return list(room, knock, 'call-log', undefined)
  return list(room, knock, 'call-log', narrow && { ...narrow, ...(isOwn && !showsDeleted && { hidden: false }) })
}

export async function listActiveCalls(room: Room, knock: RingCentralKnock): Promise<HttpAnswer> {
  const { query } = knock
  const direction = directionOf(query)
  const kinds = new Set(several(query, 'type', types))
  const transport = new Set(several(query, 'transport', transports))
  const narrow = {
    first: true,
    up: true,
    ...(direction && { seenAs: direction }),
    ...(transport.size === 1 && { ofPhone: transport.has('VoIP') }),
  }
  return list(room, knock, 'active-calls', kinds.size === 1 && kinds.has('Fax') ? undefined : narrow)
}

/** Gives resource.not_found. */
export async function readCallRecord(room: Room, knock: RingCentralKnock): Promise<HttpAnswer> {
  const userId = ownerOf(knock)
  const call = await callNamed(room, knock, 'callRecordId')
  return json(await callRecords(room, knock, { userId, isDetailed: isDetailed(knock.query) })(call))
}

/** Of the extension in the path, or of the account where it names none. Gives resource.not_found. */
async function callNamed(room: Room, knock: RingCentralKnock, parameter: string): Promise<CallShown> {
  const named = knock.params[parameter]!
  const unknown = (): never => refuse('resource.not_found', { noun: 'call', parameter, id: named.slice(0, 40) })
  const id = room.ids.read('call', named) ?? unknown()
  const userId = ownerOf(knock)
  try {
    const call = await room.parts.run(readCallOperation, knock.target!.caller, { id })
    return userId !== undefined && call.userId !== userId ? unknown() : call
  } catch (error) {
    if (error instanceof Refusal && error.reason === 'call.record_not_found') return unknown()
    throw error
  }
}

/** What has ended; the account's own log keeps it. Tokens of a synchronisation that were given before say so (CLG-104). */
export async function deleteCallLog(room: Room, knock: RingCentralKnock): Promise<HttpAnswer> {
  const { query } = knock
  const { caller, userId } = knock.target!
  const until = moment(query, 'dateTo')
  const direction = directionOf(query)
  const kinds = new Set(several(query, 'type', types))
  const phoneNumber = one(query, 'phoneNumber')
  if (!(kinds.size === 1 && kinds.has('Fax')))
    await room.parts.run(deleteCallLogOperation, caller, {
      user: userId!,
      ...(until !== undefined && { until }),
      ...(direction && { direction }),
      ...(phoneNumber !== undefined && { party: partyOf(phoneNumber) }),
    })
  await markReset(room, knock, userId!)
  return { status: 204, headers: {}, body: '' }
}
