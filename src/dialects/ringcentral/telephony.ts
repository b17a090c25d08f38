// Call control (reference section 9): a session is what one script or one RingOut connected, its parties are the legs. What is asked of a
// party is done to its leg; what its state does not allow is 409 with our reason.

import { endCallOperation, updateCallOperation } from '#operations/calls/change-calls.ts'
import { recordCallOperation, stopRecordingCallOperation } from '#operations/calls/record-call.ts'
import { readRecordingOperation } from '#operations/recordings/read-recording.ts'
import type { HttpAnswer } from '#protocols/http/exchange.ts'
import { Refusal, refuse } from '#reasons/refusal.ts'
import { parseE164 } from '#values/e164.ts'
import type { Verb } from '#voice/verbs/verb.ts'
import { isReceived, legsOf, ringOutOf, sessionIdOf, telephonySessionIdOf, type CallShown } from './call-record.ts'
import { dialTargets, dialTo } from './call-script.ts'
import { deviceNamed } from './devices.ts'
import { isoTime } from './formats.ts'
import { shown, text, type Fields } from './json-body.ts'
import { json, type RingCentralKnock, type Room } from './knock.ts'
import { callerIdOf } from './phone-numbers.ts'
import { isHeld, isParked } from './presence.ts'

export const nothing: HttpAnswer = { status: 204, headers: {}, body: '' }

function sessionUnknown(named: string): never {
  refuse('resource.not_found', { noun: 'session', parameter: 'telephonySessionId', id: named.slice(0, 40) })
}

function partyUnknown(named: string): never {
  refuse('resource.not_found', { noun: 'party', parameter: 'partyId', id: named.slice(0, 40) })
}

/** Legs of the session in the path: of one's own calls, or of anybody's for an administrator. Gives resource.not_found. */
export async function sessionNamed(
  room: Room,
  knock: RingCentralKnock,
  named = knock.params['telephonySessionId']!,
): Promise<readonly CallShown[]> {
  const { caller } = knock.target!
  const id = (named.startsWith('s-') ? room.ids.read('callSession', named.slice(2)) : undefined) ?? sessionUnknown(named)
  try {
    const legs = await legsOf(room, caller, id)
    const mine = caller.user?.role === 'administrator' || legs.some(({ userId }) => userId === caller.user?.id)
    return mine ? legs : sessionUnknown(named)
  } catch (error) {
    if (error instanceof Refusal && error.reason === 'call.record_not_found') return sessionUnknown(named)
    throw error
  }
}

/** Gives resource.not_found. */
export async function partyNamed(
  room: Room,
  knock: RingCentralKnock,
  named = knock.params['partyId']!,
  session = knock.params['telephonySessionId']!,
): Promise<CallShown> {
  const id = named.startsWith('p-') ? room.ids.read('call', named.slice(2)) : undefined
  return (await sessionNamed(room, knock, session)).find((leg) => leg.id === id) ?? partyUnknown(named)
}

function stateOf(leg: CallShown): { code: string; reason?: string } {
  if (leg.final) return { code: 'Disconnected', ...(leg.reason && { reason: leg.reason.title }) }
  if (leg.state === 'answered') return { code: isParked(leg) ? 'Parked' : isHeld(leg) ? 'Hold' : 'Answered' }
  return { code: leg.state === 'queued' ? 'Setup' : 'Proceeding' }
}

export function partyShown(room: Room, leg: CallShown): object {
  const account = String(room.ids.show('account', leg.accountId))
  const extensionId = leg.userId === null ? undefined : String(room.ids.show('user', leg.userId))
  return {
    id: `p-${room.ids.show('call', leg.id)}`,
    status: stateOf(leg),
    muted: leg.faceData['muted'] === true,
    standAlone: leg.parentId === null,
    direction: isReceived(leg) ? 'Inbound' : 'Outbound',
    from: { phoneNumber: leg.from, ...(leg.fromName !== '' && { name: leg.fromName }) },
    to: { phoneNumber: leg.to },
    owner: { accountId: account, ...(extensionId !== undefined && { extensionId }) },
  }
}

export function sessionShown(room: Room, legs: readonly CallShown[]): object {
  const [first] = legs
  return {
    id: telephonySessionIdOf(room, first!.sessionId),
    sessionId: sessionIdOf(room, first!.sessionId),
    origin: { type: ringOutOf(first!) ? 'RingOut' : 'Call' },
    creationTime: isoTime(first!.createdAt),
    parties: legs.map((leg) => partyShown(room, leg)),
  }
}

export const readSession = async (room: Room, knock: RingCentralKnock): Promise<HttpAnswer> =>
  json(sessionShown(room, await sessionNamed(room, knock)))

/** All its parties hang up. */
export async function endSession(room: Room, knock: RingCentralKnock): Promise<HttpAnswer> {
  const up = (await sessionNamed(room, knock)).filter(({ final }) => !final)
  if (up.length === 0) sessionUnknown(knock.params['telephonySessionId']!)
  for (const { id } of up) await endIfUp(room, knock, id)
  return nothing
}

/** One leg's end may have been another's already. */
async function endIfUp(room: Room, knock: RingCentralKnock, id: number): Promise<void> {
  try {
    await room.parts.run(endCallOperation, knock.target!.caller, { id })
  } catch (error) {
    if (!(error instanceof Refusal) || error.reason !== 'call.not_found') throw error
  }
}

export const readParty = async (room: Room, knock: RingCentralKnock): Promise<HttpAnswer> =>
  json(partyShown(room, await partyNamed(room, knock)))

type Change = Omit<Parameters<typeof updateCallOperation.run>[1], 'id'>

/** Gives call.state_invalid, call.not_connected. */
export async function change(room: Room, knock: RingCentralKnock, leg: CallShown, wish: Change): Promise<CallShown> {
  try {
    return await room.parts.run(updateCallOperation, knock.target!.caller, { id: leg.id, ...wish })
  } catch (error) {
    if (error instanceof Refusal && error.reason === 'call.not_found') refuse('call.state_invalid', { state: leg.state })
    throw error
  }
}

export async function endParty(room: Room, knock: RingCentralKnock): Promise<HttpAnswer> {
  const leg = await partyNamed(room, knock)
  if (leg.final) refuse('call.state_invalid', { state: leg.state, operation: 'end' })
  await endIfUp(room, knock, leg.id)
  return nothing
}

export async function muteParty(room: Room, knock: RingCentralKnock): Promise<HttpAnswer> {
  const muted = (knock.body as Fields)['muted']
  if (typeof muted !== 'boolean')
    refuse('request.parameter_invalid', { parameter: 'muted', value: shown(muted), expected: 'true or false' })
  const leg = await change(room, knock, await partyNamed(room, knock), { muted, faceData: { muted } })
  return json(partyShown(room, leg))
}

const hold = (held: boolean) => async (room: Room, knock: RingCentralKnock) =>
  json(partyShown(room, await change(room, knock, await partyNamed(room, knock), { held, faceData: { held } })))

export const holdParty = hold(true)
export const unholdParty = hold(false)

/** Gives request.parameter_missing, request.parameter_invalid. */
function numberIn(knock: RingCentralKnock): string {
  const given = text(knock.body as Fields, 'phoneNumber') ?? refuse('request.parameter_missing', { parameter: 'phoneNumber' })
  const parsed = parseE164(given, { country: knock.target!.caller.account.settings.country })
  if (!parsed?.isPossible)
    refuse('request.parameter_invalid', { parameter: 'phoneNumber', value: shown(given), expected: 'a telephone number' })
  return parsed.number
}

async function dialFrom(room: Room, knock: RingCentralKnock, leg: CallShown): Promise<Verb> {
  const { caller } = knock.target!
  const number = numberIn(knock)
  const own = caller.user && (await callerIdOf(room, caller, caller.user.id))
  return dialTo(number, own ?? leg.from)
}

/** The party is connected to another number, and whoever it talked to is let go. */
export async function transferParty(room: Room, knock: RingCentralKnock): Promise<HttpAnswer> {
  const leg = await partyNamed(room, knock)
  const verb = await dialFrom(room, knock, leg)
  if (leg.state !== 'answered') refuse('call.state_invalid', { state: leg.state, operation: 'transfer' })
  return json(partyShown(room, await change(room, knock, leg, { verbs: [verb] })))
}

/** Before it is answered here. */
export async function forwardParty(room: Room, knock: RingCentralKnock): Promise<HttpAnswer> {
  const leg = await ringing(room, knock, 'forward')
  return json(partyShown(room, await change(room, knock, leg, { verbs: [await dialFrom(room, knock, leg)] })))
}

/** On a device of one's own, which rings. Gives request.parameter_missing, resource.not_found, call.state_invalid. */
export async function answerParty(room: Room, knock: RingCentralKnock): Promise<HttpAnswer> {
  const named = (knock.body as Fields)['deviceId']
  if (named === undefined || named === null) refuse('request.parameter_missing', { parameter: 'deviceId' })
  const { login } = await deviceNamed(room, knock, shown(named), 'deviceId')
  const leg = await ringing(room, knock, 'answer')
  return json(partyShown(room, await change(room, knock, leg, { verbs: [toDevice(login)] })))
}

export const toDevice = (login: string): Verb => dialTargets([{ to: { kind: 'client', login } }])

const replyAtMost = 1024

/** The caller hears a text, and nobody is rung. Patterns are the vendor's own sentences. */
export async function replyToParty(room: Room, knock: RingCentralKnock): Promise<HttpAnswer> {
  const said = text(knock.body as Fields, 'replyWithText') ?? ''
  if (said.trim() === '' || said.length > replyAtMost)
    refuse('request.parameter_invalid', {
      parameter: 'replyWithText',
      value: shown(said),
      expected: `1 to ${replyAtMost} characters`,
    })
  const leg = await ringing(room, knock, 'reply')
  const verbs: readonly Verb[] = [
    { verb: 'play', audio: [{ kind: 'say', text: said, language: knock.target!.caller.account.settings.language }], times: 1 },
    { verb: 'hangUp' },
  ]
  return json(partyShown(room, await change(room, knock, leg, { verbs })))
}

export async function rejectParty(room: Room, knock: RingCentralKnock): Promise<HttpAnswer> {
  await change(room, knock, await ringing(room, knock, 'reject'), { verbs: [{ verb: 'reject', as: 'declined' }] })
  return nothing
}

/** Gives call.state_invalid. */
async function ringing(room: Room, knock: RingCentralKnock, operation: string): Promise<CallShown> {
  const leg = await partyNamed(room, knock)
  if (!isReceived(leg) || leg.final || leg.state === 'answered') refuse('call.state_invalid', { state: leg.state, operation })
  return leg
}

export async function recordParty(room: Room, knock: RingCentralKnock): Promise<HttpAnswer> {
  const leg = await partyNamed(room, knock)
  if (leg.final) refuse('call.state_invalid', { state: leg.state, operation: 'record' })
  const { id } = await room.parts.run(recordCallOperation, knock.target!.caller, { id: leg.id })
  return json({ id: String(room.ids.show('recording', id)), active: true }, 201)
}

/** A recording that was ended cannot go on: another one is begun. */
export async function changeRecording(room: Room, knock: RingCentralKnock): Promise<HttpAnswer> {
  const { caller } = knock.target!
  const leg = await partyNamed(room, knock)
  const named = knock.params['recordingId']!
  const unknown = (): never =>
    refuse('resource.not_found', { noun: 'recording', parameter: 'recordingId', id: named.slice(0, 40) })
  const id = room.ids.read('recording', named) ?? unknown()
  const active = (knock.body as Fields)['active']
  if (typeof active !== 'boolean')
    refuse('request.parameter_invalid', { parameter: 'active', value: shown(active), expected: 'true or false' })
  const recording = await room.parts.run(readRecordingOperation, caller, { id }).catch((error: unknown) => {
    if (error instanceof Refusal && error.reason === 'recording.not_found') return unknown()
    throw error
  })
  if (recording.callId !== leg.id) unknown()
  const isRunning = recording.state === 'recording'
  if (active && !isRunning) refuse('call.state_invalid', { state: recording.state, operation: 'resume' })
  if (!active && isRunning) await room.parts.run(stopRecordingCallOperation, caller, { id: leg.id })
  return json({ id: named, active })
}
