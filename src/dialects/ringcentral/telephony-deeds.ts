// Call control that takes a third (reference section 9): a call is parked and picked up, goes on at one's own telephone, is joined with
// another, or is heard by a supervisor; a device stops ringing.

import { endCallOperation } from '#operations/calls/change-calls.ts'
import { placeCallOperation } from '#operations/calls/place-call.ts'
import type { HttpAnswer } from '#protocols/http/exchange.ts'
import { Refusal, refuse } from '#reasons/refusal.ts'
import type { Supervise, Verb } from '#voice/verbs/verb.ts'
import { isReceived, legsOf, type CallShown } from './call-record.ts'
import { dialTo } from './call-script.ts'
import { deviceNamed, type Device } from './devices.ts'
import { userNamed } from './extensions.ts'
import { shown, text, type Fields } from './json-body.ts'
import { json, type RingCentralKnock, type Room } from './knock.ts'
import { flipNumber } from './phone-numbers.ts'
import { isParked } from './presence.ts'
import { change, nothing, partyNamed, partyShown, sessionNamed, toDevice } from './telephony.ts'

const music: Verb = { verb: 'play', audio: [{ kind: 'tone', tone: 'music' }], times: 0 }

/** Gives call.state_invalid. */
async function answered(room: Room, knock: RingCentralKnock, operation: string): Promise<CallShown> {
  const leg = await partyNamed(room, knock)
  if (leg.state !== 'answered') refuse('call.state_invalid', { state: leg.state, operation })
  return leg
}

/** Gives request.parameter_missing, resource.not_found. */
async function deviceIn(room: Room, knock: RingCentralKnock, parameter: string): Promise<Device> {
  const named = (knock.body as Fields)[parameter]
  if (named === undefined || named === null) refuse('request.parameter_missing', { parameter })
  return deviceNamed(room, knock, shown(named), parameter)
}

/** It hears music until it is picked up, or hangs up; whoever it talked to is let go. */
export async function parkParty(room: Room, knock: RingCentralKnock): Promise<HttpAnswer> {
  const leg = await answered(room, knock, 'park')
  if (isParked(leg)) refuse('call.state_invalid', { state: 'parked', operation: 'park' })
  return json(partyShown(room, await change(room, knock, leg, { verbs: [music], faceData: { parked: true, held: false } })))
}

/** On a device, which rings: what is parked, or still rings elsewhere. */
export async function pickUpParty(room: Room, knock: RingCentralKnock): Promise<HttpAnswer> {
  const { login } = await deviceIn(room, knock, 'deviceId')
  const leg = await partyNamed(room, knock)
  const isRinging = leg.direction === 'in' && !leg.final && leg.state !== 'answered'
  if (leg.final || (!isRinging && !isParked(leg))) refuse('call.state_invalid', { state: leg.state, operation: 'pickup' })
  const wish = { verbs: [toDevice(login)], faceData: { parked: false } }
  return json(partyShown(room, await change(room, knock, leg, wish)))
}

/** That one device rings no more, the others do. */
export async function ignoreParty(room: Room, knock: RingCentralKnock): Promise<HttpAnswer> {
  const { id } = await deviceIn(room, knock, 'deviceId')
  const { caller } = knock.target!
  const leg = await partyNamed(room, knock)
  const rung = (await legsOf(room, caller, leg.sessionId)).find(
    ({ clientId, direction, final, state }) => clientId === id && direction === 'out' && !final && state !== 'answered',
  )
  if (!rung) return refuse('call.state_invalid', { state: leg.state, operation: 'ignore' })
  try {
    await room.parts.run(endCallOperation, caller, { id: rung.id })
  } catch (error) {
    if (error instanceof Refusal && error.reason === 'call.not_found')
      refuse('call.state_invalid', { state: leg.state, operation: 'ignore' })
    throw error
  }
  return nothing
}

/** Whom the named party talks to. Gives call.state_invalid. */
async function otherOf(room: Room, knock: RingCentralKnock, leg: CallShown, operation: string): Promise<CallShown> {
  const up = (await sessionNamed(room, knock)).filter(({ id, state }) => id !== leg.id && state === 'answered')
  return up.length === 1 ? up[0]! : refuse('call.state_invalid', { state: leg.state, operation })
}

/** Whom the extension talks to hears its own telephone ring, and goes on there; the phone it was at is let go. */
export async function flipParty(room: Room, knock: RingCentralKnock): Promise<HttpAnswer> {
  const { caller, userId } = knock.target!
  const wanted = text(knock.body as Fields, 'callFlipId') ?? refuse('request.parameter_missing', { parameter: 'callFlipId' })
  const leg = await answered(room, knock, 'flip')
  const { phoneNumber } = (await userNamed(room, caller, userId!, String(userId))).detail
  if (wanted !== flipNumber || phoneNumber === undefined)
    return refuse('resource.not_found', { noun: 'flip number', parameter: 'callFlipId', id: wanted.slice(0, 40) })
  const other = await otherOf(room, knock, leg, 'flip')
  const callerId = other.direction === 'in' ? other.from : other.to
  const flipped = await change(room, knock, other, { verbs: [dialTo(phoneNumber, callerId)] })
  return json(partyShown(room, flipped))
}

/** The named party and one of another session talk from now on; whom they talked to is let go. */
export async function bridgeParty(room: Room, knock: RingCentralKnock): Promise<HttpAnswer> {
  const fields = knock.body as Fields
  const session = text(fields, 'telephonySessionId') ?? refuse('request.parameter_missing', { parameter: 'telephonySessionId' })
  const party = text(fields, 'partyId') ?? refuse('request.parameter_missing', { parameter: 'partyId' })
  const leg = await answered(room, knock, 'bridge')
  const target = await partyNamed(room, knock, party, session)
  if (target.state !== 'answered') refuse('call.state_invalid', { state: target.state, operation: 'bridge' })
  return json(partyShown(room, await change(room, knock, leg, { joinTo: target.id, faceData: { parked: false } })))
}

const supervisions = { Listen: 'listen', Whisper: 'whisper', Barge: 'barge' } as const

/** Rings the supervisor's device, and lets it hear. Gives permission.missing: administrators supervise. */
async function supervise(room: Room, knock: RingCentralKnock, agent: CallShown): Promise<HttpAnswer> {
  const { caller } = knock.target!
  if (caller.user?.role !== 'administrator') refuse('permission.missing', { permission: 'Monitoring', kind: 'administrator' })
  const mode = text(knock.body as Fields, 'mode') ?? 'Listen'
  const how = Object.hasOwn(supervisions, mode) ? supervisions[mode as keyof typeof supervisions] : undefined
  if (how === undefined)
    return refuse('request.parameter_invalid', {
      parameter: 'mode',
      value: mode.slice(0, 40),
      expected: `one of ${Object.keys(supervisions).join(', ')}`,
    })
  const device = await deviceIn(room, knock, 'supervisorDeviceId')
  if (agent.state !== 'answered') refuse('call.state_invalid', { state: agent.state, operation: 'supervise' })
  await otherOf(room, knock, agent, 'supervise')
  const verb: Supervise = { verb: 'supervise', callId: agent.id, how }
  const call = await room.parts.run(placeCallOperation, caller, {
    from: device.login,
    to: `client:${device.login}`,
    ...(device.detail.userId !== undefined && device.detail.userId !== null && { userId: device.detail.userId }),
    verbs: [verb],
    faceData: { supervises: agent.id },
  })
  return json(partyShown(room, call), 201)
}

export const superviseParty = async (room: Room, knock: RingCentralKnock): Promise<HttpAnswer> =>
  supervise(room, knock, await partyNamed(room, knock))

/** The party of the named extension, its own where none is named. Gives request.parameter_missing, resource.not_found. */
export async function superviseSession(room: Room, knock: RingCentralKnock): Promise<HttpAnswer> {
  const named = (knock.body as Fields)['agentExtensionId']
  if (named === undefined || named === null) refuse('request.parameter_missing', { parameter: 'agentExtensionId' })
  const legs = await sessionNamed(room, knock)
  const theirs = legs.find(({ userId, final }) => userId !== null && !final && userId === room.ids.read('user', shown(named)))
  if (!theirs)
    return refuse('resource.not_found', { noun: 'extension', parameter: 'agentExtensionId', id: shown(named).slice(0, 40) })
  // Of a call to their number it is the caller's leg that is in their log: they are at the other end of it.
  return supervise(room, knock, isReceived(theirs) ? await otherOf(room, knock, theirs, 'supervise') : theirs)
}
