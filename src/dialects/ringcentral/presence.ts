// Presence of extensions (reference section 10): what a person set, and what the calls of their numbers say. Whom calls shall not reach is a
// fact the core acts on; the rest is this vendor's clients' alone and kept as a facet.

import { actorOf, type Caller } from '#accounts/caller.ts'
import { listCallsOperation } from '#operations/calls/list-calls.ts'
import { setDoNotDisturbOperation } from '#operations/users/do-not-disturb.ts'
import { listUsersOperation } from '#operations/users/list-users.ts'
import type { UserShown } from '#operations/users/user-view.ts'
import type { HttpAnswer } from '#protocols/http/exchange.ts'
import { refuse } from '#reasons/refusal.ts'
import { changeFacets, readFacet } from '#store/facets.ts'
import type { Happening } from '#store/happenings.ts'
import { face } from './applications.ts'
import { isReceived, sessionIdOf, telephonySessionIdOf, type CallShown } from './call-record.ts'
import { accountUri, extensionType, extensionUri, requirePerson } from './extension-view.ts'
import { userNamed } from './extensions.ts'
import { isoTime } from './formats.ts'
import { shown, text, type Fields } from './json-body.ts'
import { json, type RingCentralKnock, type Room } from './knock.ts'
import type { Looking } from './message-record.ts'
import { listAnswer, pageOf } from './paging.ts'
import { yesOrNo } from './query-fields.ts'

const noun = 'presence'

const userStatuses = ['Offline', 'Busy', 'Available'] as const
const dndStatuses = ['TakeAllCalls', 'DoNotAcceptAnyCalls', 'DoNotAcceptDepartmentCalls', 'TakeDepartmentCallsOnly'] as const

interface PresenceFacet {
  readonly userStatus?: (typeof userStatuses)[number]
  readonly message?: string
  readonly allowSeeMyPresence?: boolean
  readonly ringOnMonitoredCall?: boolean
  readonly pickUpCallsOnHold?: boolean
}

/** Held by request: this face keeps that with the call. */
export const isHeld = ({ faceData }: Pick<CallShown, 'faceData'>): boolean => faceData['held'] === true

/** Parked by request, until somebody picks it up. */
export const isParked = ({ faceData }: Pick<CallShown, 'faceData'>): boolean => faceData['parked'] === true

function lineStatus(call: CallShown): 'Ringing' | 'CallConnected' | 'OnHold' | 'ParkedCall' {
  if (call.answeredAt === null) return 'Ringing'
  if (isParked(call)) return 'ParkedCall'
  return isHeld(call) ? 'OnHold' : 'CallConnected'
}

/** What is most pressing of all lines. */
function telephonyStatus(calls: readonly CallShown[]): 'NoCall' | ReturnType<typeof lineStatus> {
  const all = new Set(calls.map(lineStatus))
  return (['Ringing', 'CallConnected', 'OnHold', 'ParkedCall'] as const).find((one) => all.has(one)) ?? 'NoCall'
}

/** Whose presence a change of what people set is news of: their own settings, or a user's whose calls are declined from now on. */
export function presenceSet({ noun: of, noun_id: id, kind, data }: Happening): readonly number[] {
  if (of === 'users') return kind === 'updated' ? [id] : []
  if (of !== 'facets') return []
  const { face: whose, put, ids } = JSON.parse(data) as { face: string; put: readonly string[]; ids?: readonly number[] }
  return whose === face && put[0] === noun ? (ids ?? []) : []
}

const linesAtMost = 100

/** Whether colleagues may see it. */
export async function isSeenByOthers({ parts }: Room, userId: number): Promise<boolean> {
  return (await readFacet<PresenceFacet>(parts.store, face, noun, userId))?.allowSeeMyPresence ?? true
}

export async function presenceOf(room: Room, knock: Looking, user: UserShown, isDetailed: boolean): Promise<object> {
  const { caller } = knock.target!
  const facet = (await readFacet<PresenceFacet>(room.parts.store, face, noun, user.id)) ?? {}
  const { userStatus = 'Available', message, allowSeeMyPresence = true } = facet
  const { ringOnMonitoredCall = false, pickUpCallsOnHold = false } = facet
  const uri = extensionUri(room, knock, caller.account.id, user.id)
  const { extensionNumber, doNotDisturb = false } = user.detail
  const extension = {
    uri,
    id: room.ids.show('user', user.id),
    ...(extensionNumber !== undefined && { extensionNumber }),
  }
  // A department has none of its own (reference section 10). One's own is told as it is, whatever others may see.
  const isPerson = extensionType(user) === 'User'
  const isSeen = isPerson && (allowSeeMyPresence || user.id === caller.user?.id || caller.user?.role === 'administrator')
  const calls = isSeen ? await linesOf(room, caller, user.id) : []
  const telephony = telephonyStatus(calls)
  const isBusy = telephony !== 'NoCall' || doNotDisturb || userStatus === 'Busy'
  return {
    uri: `${uri}/presence`,
    extension,
    presenceStatus: !isSeen || userStatus === 'Offline' || user.status !== 'active' ? 'Offline' : isBusy ? 'Busy' : 'Available',
    ...(isSeen && {
      telephonyStatus: telephony,
      userStatus,
      dndStatus: doNotDisturb ? 'DoNotAcceptAnyCalls' : 'TakeAllCalls',
      ...(message !== undefined && { message }),
      ...(isDetailed && { activeCalls: calls.map((call) => activeCall(room, call)) }),
    }),
    allowSeeMyPresence,
    ringOnMonitoredCall,
    pickUpCallsOnHold,
  }
}

async function linesOf(room: Room, caller: Caller, userId: number): Promise<readonly CallShown[]> {
  const { items } = await room.parts.run(listCallsOperation, caller, { userId, up: true, first: true, limit: linesAtMost })
  return items
}

const activeCall = (room: Room, call: CallShown) => ({
  id: String(room.ids.show('call', call.id)),
  direction: isReceived(call) ? 'Inbound' : 'Outbound',
  from: call.from,
  ...(call.fromName !== '' && { fromName: call.fromName }),
  to: call.to,
  telephonyStatus: lineStatus(call),
  sessionId: sessionIdOf(room, call.sessionId),
  telephonySessionId: telephonySessionIdOf(room, call.sessionId),
  startTime: isoTime(call.createdAt),
  terminationType: 'intermediate',
})

/** Gives request.parameter_invalid. */
function detailWanted({ query }: RingCentralKnock): boolean {
  yesOrNo(query, 'sipData')
  return yesOrNo(query, 'detailedTelephonyState') ?? false
}

export async function readPresence(room: Room, knock: RingCentralKnock): Promise<HttpAnswer> {
  const { caller, userId } = knock.target!
  const user = await userNamed(room, caller, userId!, knock.params['extensionId']!)
  return json(await presenceOf(room, knock, user, detailWanted(knock)))
}

export async function listPresence(room: Room, knock: RingCentralKnock): Promise<HttpAnswer> {
  const { caller } = knock.target!
  const wanted = pageOf(knock.query)
  const isDetailed = detailWanted(knock)
  const { items, next, total } = await room.parts.run(listUsersOperation, caller, {
    limit: wanted.perPage,
    skip: wanted.skip,
    oldestFirst: true,
  })
  const records = await Promise.all(items.map((user) => presenceOf(room, knock, user, isDetailed)))
  const uri = `${accountUri(room, knock, caller.account.id)}/presence`
  return listAnswer(knock, uri, wanted, { records, more: next !== null, total })
}

/** Gives request.parameter_invalid. */
function wordOf<const V extends readonly string[]>(fields: Fields, name: string, known: V): V[number] | undefined {
  const value = text(fields, name)
  if (value !== undefined && !known.includes(value))
    refuse('request.parameter_invalid', { parameter: name, value: shown(value), expected: `one of ${known.join(', ')}` })
  return value
}

/** Gives request.parameter_invalid. */
function switchOf(fields: Fields, name: string): boolean | undefined {
  const value = fields[name]
  if (value === undefined || value === null) return undefined
  if (typeof value !== 'boolean')
    refuse('request.parameter_invalid', { parameter: name, value: shown(value), expected: 'true or false' })
  return value
}

const messageAtMost = 75

export async function updatePresence(room: Room, knock: RingCentralKnock): Promise<HttpAnswer> {
  const { caller, userId } = knock.target!
  const { parts } = room
  const user = await userNamed(room, caller, userId!, knock.params['extensionId']!)
  requirePerson(user, 'presence settings')
  const fields = knock.body as Fields
  const dnd = wordOf(fields, 'dndStatus', dndStatuses)
  const message = text(fields, 'message')
  if (message !== undefined && message.length > messageAtMost) {
    const expected = `at most ${messageAtMost} characters`
    refuse('request.parameter_invalid', { parameter: 'message', value: shown(message), expected })
  }
  // No department's calls reach its members, so that there is nothing to tell apart.
  if (dnd === 'DoNotAcceptDepartmentCalls' || dnd === 'TakeDepartmentCallsOnly')
    refuse('feature.not_enabled', { feature: 'departments' })
  const change = {
    userStatus: wordOf(fields, 'userStatus', userStatuses),
    message,
    allowSeeMyPresence: switchOf(fields, 'allowSeeMyPresence'),
    ringOnMonitoredCall: switchOf(fields, 'ringOnMonitoredCall'),
    pickUpCallsOnHold: switchOf(fields, 'pickUpCallsOnHold'),
  }
  const given = Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined))
  if (Object.keys(given).length > 0) {
    const kept = (await readFacet<PresenceFacet>(parts.store, face, noun, user.id)) ?? {}
    await parts.store.write(changeFacets, {
      face,
      account: caller.account.id,
      put: [{ noun, id: user.id, data: JSON.stringify({ ...kept, ...given }) }],
      drop: [],
      actor: actorOf(caller),
      now: parts.clock.nowMs(),
    })
  }
  const on = dnd === 'DoNotAcceptAnyCalls'
  const changed =
    dnd !== undefined && on !== (user.detail.doNotDisturb ?? false)
      ? await parts.run(setDoNotDisturbOperation, caller, { id: user.id, on })
      : user
  return json(await presenceOf(room, knock, changed, detailWanted(knock)))
}
