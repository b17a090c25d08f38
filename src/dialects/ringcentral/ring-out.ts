// RingOut (reference section 9): rings `from`, and once that party has answered connects it to `to`. What the vendor calls a RingOut is
// here the session of calls that the first leg began.

import { endCallOperation } from '#operations/calls/change-calls.ts'
import { placeCallOperation } from '#operations/calls/place-call.ts'
import { readCallOperation } from '#operations/calls/read-call.ts'
import type { HttpAnswer } from '#protocols/http/exchange.ts'
import { Refusal, refuse, refuseAll, refusal } from '#reasons/refusal.ts'
import { parseE164 } from '#values/e164.ts'
import { emergencyNumber } from '#voice/emergency.ts'
import { legsOf, ringOutOf, type CallShown } from './call-record.ts'
import { ringOutVerbs } from './call-script.ts'
import { extensionUri } from './extension-view.ts'
import { userNamed } from './extensions.ts'
import { inner, shown, text, type Fields } from './json-body.ts'
import { json, type RingCentralKnock, type Room } from './knock.ts'
import { callerIdOf } from './phone-numbers.ts'

const inProgress = 'InProgress'

/** How a party's leg is, or came out. */
function partyStatus(call: CallShown | undefined): string {
  switch (call?.state) {
    case undefined:
    case 'queued':
    case 'ringing':
      return inProgress
    case 'answered':
      return 'Success'
    case 'completed':
      return 'Finished'
    case 'busy':
      return 'Busy'
    case 'no_answer':
      return 'NoAnswer'
    case 'canceled':
      return 'Rejected'
    default:
      return failureOf(call!)
  }
}

const failures: Readonly<Record<string, string>> = {
  'call.declined': 'Rejected',
  'destination.not_allowed': 'InternationalDisabled',
  'destination.high_risk': 'DestinationBlocked',
  'credit.exhausted': 'NotEnoughFunds',
  'credit.insufficient': 'NotEnoughFunds',
  'credit.deduction_failed': 'NotEnoughFunds',
  'call.destination_unknown': 'NoSuchUser',
}

const failureOf = ({ reason }: CallShown): string => failures[reason?.slug ?? ''] ?? 'GenericError'

function statusOf(first: CallShown, called: CallShown | undefined): object {
  const callerStatus = partyStatus(first)
  // The second party is rung only once the first has answered.
  const calleeStatus = called || !first.final ? partyStatus(called) : 'NoSessionFound'
  const isConnected = callerStatus === 'Success' && calleeStatus === 'Success'
  const callStatus = isConnected
    ? 'Success'
    : first.final
      ? called && calleeStatus !== 'Finished'
        ? calleeStatus
        : callerStatus
      : inProgress
  return { callStatus, callerStatus, calleeStatus }
}

async function ringOutShown(room: Room, knock: RingCentralKnock, first: CallShown): Promise<HttpAnswer> {
  const { caller, userId } = knock.target!
  const legs = await legsOf(room, caller, first.id)
  const id = String(room.ids.show('call', first.id))
  return json({
    uri: `${extensionUri(room, knock, caller.account.id, userId!)}/ring-out/${id}`,
    id,
    status: statusOf(
      first,
      legs.find(({ parentId }) => parentId === first.id),
    ),
  })
}

/** Gives request.parameter_invalid, call.emergency_not_routed. */
export function numberIn(fields: Fields, name: 'from' | 'to' | 'callerId', country: string): string | undefined {
  const given = text(inner(fields, name), 'phoneNumber', 'phoneNumber')
  if (given === undefined) return undefined
  const parsed = parseE164(given, { country })
  // The user's telephone would ring first: no way to call for help, also where a route for it exists.
  const emergency = name === 'to' ? emergencyNumber(given, country) : undefined
  if (emergency !== undefined) refuse('call.emergency_not_routed', { number: emergency })
  if (!parsed?.isPossible)
    refuse('request.parameter_invalid', { parameter: 'phoneNumber', value: shown(given), expected: 'a telephone number' })
  return parsed.number
}

/** Gives request.parameter_missing, request.parameter_invalid, call.emergency_not_routed, resource.not_found, and what calls.place gives. */
export async function startRingOut(room: Room, knock: RingCentralKnock): Promise<HttpAnswer> {
  const { caller, userId } = knock.target!
  const fields = knock.body as Fields
  const { country } = caller.account.settings
  const from = (await forwardingIn(room, knock, fields)) ?? numberIn(fields, 'from', country)
  const to = numberIn(fields, 'to', country)
  const missing = refusal('request.parameter_missing', { parameter: 'phoneNumber' })
  if (from === undefined || to === undefined) refuseAll([missing])
  const asks = fields['playPrompt'] ?? false
  if (typeof asks !== 'boolean')
    refuse('request.parameter_invalid', { parameter: 'playPrompt', value: shown(asks), expected: 'true or false' })
  const callerId = numberIn(fields, 'callerId', country) ?? (await callerIdOf(room, caller, userId!))
  const call = await room.parts.run(placeCallOperation, caller, {
    from: callerId ?? from,
    to: from,
    userId: userId!,
    verbs: ringOutVerbs(to, callerId ?? from, asks),
    faceData: { ringOut: { to } },
  })
  return ringOutShown(room, knock, call)
}

/** The telephone that the user gave as their own. Gives resource.not_found. */
async function forwardingIn(room: Room, knock: RingCentralKnock, fields: Fields): Promise<string | undefined> {
  const { caller, userId } = knock.target!
  const named = inner(fields, 'from')['forwardingNumberId']
  if (named === undefined || named === null) return undefined
  const user = await userNamed(room, caller, userId!, String(userId))
  const isTheirs = room.ids.read('forwarding', String(named)) === userId
  const { phoneNumber } = user.detail
  if (!isTheirs || phoneNumber === undefined)
    refuse('resource.not_found', { noun: 'forwarding number', parameter: 'forwardingNumberId', id: shown(named) })
  return phoneNumber
}

/** Gives resource.not_found. */
async function ringOutNamed(room: Room, knock: RingCentralKnock): Promise<CallShown> {
  const named = knock.params['ringOutId']!
  const { caller, userId } = knock.target!
  const unknown = (): never => refuse('resource.not_found', { noun: 'RingOut', parameter: 'ringOutId', id: named.slice(0, 40) })
  const id = room.ids.read('call', named) ?? unknown()
  try {
    const call = await room.parts.run(readCallOperation, caller, { id })
    return ringOutOf(call) && call.userId === userId ? call : unknown()
  } catch (error) {
    if (error instanceof Refusal && error.reason === 'call.record_not_found') return unknown()
    throw error
  }
}

export const readRingOut = async (room: Room, knock: RingCentralKnock): Promise<HttpAnswer> =>
  ringOutShown(room, knock, await ringOutNamed(room, knock))

/** Ends it while the first party rings, or whatever it has come to. What is over already is not there any more. */
export async function cancelRingOut(room: Room, knock: RingCentralKnock): Promise<HttpAnswer> {
  const { id } = await ringOutNamed(room, knock)
  const named = knock.params['ringOutId']!
  try {
    await room.parts.run(endCallOperation, knock.target!.caller, { id })
  } catch (error) {
    if (error instanceof Refusal && error.reason === 'call.not_found')
      refuse('resource.not_found', { noun: 'RingOut', parameter: 'ringOutId', id: named.slice(0, 40) })
    throw error
  }
  return { status: 204, headers: {}, body: '' }
}
