// A call of the call log as this dialect shows it (reference section 8): the leg with which a session began, and in detail all its legs.

import type { Caller } from '#accounts/caller.ts'
import { readCallLegsOperation } from '#operations/calls/read-call.ts'
import { listRecordingsOperation } from '#operations/recordings/list-recordings.ts'
import { accountUri, extensionUri } from './extension-view.ts'
import { isoTime } from './formats.ts'
import type { RingCentralKnock, Room } from './knock.ts'
import type { CallView } from '#operations/calls/call-view.ts'
import type { Static } from 'typebox'

export type CallShown = Static<typeof CallView>

/** What this face keeps with a call that it placed. */
export interface RingOutKept {
  /** To whom the first party is connected. */
  readonly ringOut?: { readonly to: string }
  /** To whom the device is connected that rang first. */
  readonly callOut?: { readonly to: string }
}

/** What its first party is connected to, of a call that this face placed. */
const goesOnOf = ({ faceData }: Pick<CallShown, 'faceData'>): RingOutKept['ringOut'] => {
  const { ringOut, callOut } = faceData as RingOutKept
  return ringOut ?? callOut
}

export const ringOutOf = ({ faceData }: Pick<CallShown, 'faceData'>): RingOutKept['ringOut'] => (faceData as RingOutKept).ringOut

const inbound: Readonly<Record<CallShown['state'], string>> = {
  queued: 'In Progress',
  ringing: 'In Progress',
  answered: 'In Progress',
  completed: 'Accepted',
  busy: 'Missed',
  no_answer: 'Missed',
  canceled: 'Missed',
  failed: 'Rejected',
}

const outbound: Readonly<Record<CallShown['state'], string>> = {
  queued: 'In Progress',
  ringing: 'In Progress',
  answered: 'In Progress',
  completed: 'Call connected',
  busy: 'Busy',
  no_answer: 'No Answer',
  canceled: 'Hang Up',
  failed: 'Call Failed',
}

/** The vendor's word of why, by our reason; else what the result says already. */
const reasons: Readonly<Record<string, string>> = {
  'credit.exhausted': 'No Credit',
  'credit.insufficient': 'No Credit',
  'destination.not_allowed': 'International Disabled',
  'call.busy': 'Line Busy',
  'call.no_answer': 'Not Answered',
  'platform.internal_error': 'Internal Error',
}

type Way = Pick<CallShown, 'direction' | 'clientId' | 'numberId'>

/** What a phone of the account dials comes in here, and is no call to anybody's number. */
export const isReceived = ({ direction, clientId, numberId }: Way): boolean =>
  direction === 'in' && (clientId === null || numberId !== null)

export const resultOf = (call: Pick<CallShown, 'state'> & Way): string => (isReceived(call) ? inbound : outbound)[call.state]

function reasonOf(call: CallShown): { reason?: string; reasonDescription?: string } {
  const { state, reason } = call
  if (reason === null) return {}
  if (state === 'completed') return { reason: isReceived(call) ? 'Accepted' : 'Connected', reasonDescription: reason.detail }
  const word = reasons[reason.slug] ?? (state === 'busy' ? 'Line Busy' : state === 'no_answer' ? 'Not Answered' : undefined)
  return { reason: word ?? (state === 'canceled' ? 'Hang Up' : 'Call Failed'), reasonDescription: reason.detail }
}

const leftBefore = {
  result: 'Call Failed',
  reason: 'Call Failed',
  reasonDescription: 'The first party hung up before the second was called.',
}

export const sessionIdOf = (room: Room, sessionId: number): string => String(room.ids.show('callSession', sessionId))
export const telephonySessionIdOf = (room: Room, sessionId: number): string => `s-${sessionIdOf(room, sessionId)}`

export interface Recording {
  readonly id: number
  readonly source: string
}

export const recordingType = ({ source }: Pick<Recording, 'source'>): string => (source === 'api' ? 'OnDemand' : 'Automatic')

export type CallRecordOf = (call: CallShown) => Promise<Record<string, unknown>>

/** Whose log is shown: an extension's, or the account's. */
export function callRecords(
  room: Room,
  knock: RingCentralKnock,
  of: { readonly userId?: number | undefined; readonly isDetailed: boolean },
): CallRecordOf {
  const { caller } = knock.target!
  const account = accountUri(room, knock, caller.account.id)
  const uri = of.userId === undefined ? account : extensionUri(room, knock, caller.account.id, of.userId)

  const party = (text: string, name: string, userId: number | null) => ({
    ...(/^\+?\d+$/.test(text) ? { phoneNumber: text } : { name: text }),
    ...(name !== '' && { name }),
    ...(userId !== null && { extensionId: String(room.ids.show('user', userId)) }),
  })

  const messageOf = (userId: number, recordingId: number): object => {
    const shown = room.ids.show('message', recordingId)
    const at = `${extensionUri(room, knock, caller.account.id, userId)}/message-store/${shown}`
    return { id: String(shown), type: 'VoiceMail', uri: at }
  }

  async function recordingOf({ id, answeredAt, userId: own }: CallShown): Promise<object> {
    if (answeredAt === null || !caller.permissions.has('recordings.read')) return {}
    const app = caller.app?.permissions
    if (app && !app.has('recordings.read')) return {}
    const { items } = await room.parts.run(listRecordingsOperation, caller, { callId: id, state: 'ready', limit: 1 })
    const [first] = items
    if (!first) return {}
    if (first.source === 'voicemail') return { result: 'Voicemail', ...(own !== null && { message: messageOf(own, first.id) }) }
    const shown = room.ids.show('recording', first.id)
    const at = `${account}/recording/${shown}`
    return {
      recording: { uri: at, id: String(shown), type: recordingType(first), contentUri: `${at}/content` },
    }
  }

  function plain(call: CallShown, to = call.to): Record<string, unknown> {
    const own = call.userId
    const isIn = isReceived(call)
    const durationMs = call.durationMs ?? 0
    return {
      startTime: isoTime(call.createdAt),
      duration: Math.round(durationMs / 1000),
      durationMs,
      type: 'Voice',
      direction: isIn ? 'Inbound' : 'Outbound',
      action: ringOutOf(call) ? 'RingOut Web' : 'Phone Call',
      result: resultOf(call),
      ...reasonOf(call),
      from: party(call.from, call.fromName, isIn ? null : own),
      to: party(to, '', isIn ? own : null),
      transport: call.clientId === null ? 'PSTN' : 'VoIP',
      ...(own !== null && {
        extension: { id: room.ids.show('user', own), uri: extensionUri(room, knock, caller.account.id, own) },
      }),
    }
  }

  return async (call) => {
    const ringOut = goesOnOf(call)
    const legs = of.isDetailed || ringOut ? await legsOf(room, caller, call.id) : []
    const called = ringOut && legs.find(({ parentId }) => parentId === call.id)
    const id = String(room.ids.show('call', call.id))
    const own = plain(call, ringOut?.to)
    // A person rang out to somebody: how that went is how the call went.
    if (called && called.state !== 'completed' && call.final) Object.assign(own, { result: resultOf(called) }, reasonOf(called))
    // Nobody was ever called there: the first party left before.
    if (ringOut && !called && call.final && call.state === 'completed') Object.assign(own, leftBefore)
    return {
      uri: `${uri}/call-log/${id}`,
      id,
      sessionId: sessionIdOf(room, call.sessionId),
      telephonySessionId: telephonySessionIdOf(room, call.sessionId),
      ...own,
      lastModifiedTime: isoTime(call.updatedAt),
      ...(call.hidden && of.userId !== undefined && { deleted: true }),
      ...(await recordingOf(call)),
      ...(of.isDetailed && {
        legs: legs.map((leg) => ({
          ...plain(leg),
          legType: legTypeOf(leg, ringOutOf(call) !== undefined),
          master: leg.id === call.id,
        })),
        billing: { costIncluded: call.priceMicro / 1_000_000, costPurchased: 0 },
      }),
    }
  }
}

/** As the vendor names the legs of a session. */
function legTypeOf({ parentId, direction }: CallShown, isRingOut: boolean): string {
  if (isRingOut) return parentId === null ? 'RingOutClientToSubscriber' : 'RingOutClientToCaller'
  if (parentId !== null) return 'FindMe'
  return direction === 'in' ? 'Accept' : 'PstnToSip'
}

export const legsOf = async (room: Room, caller: Caller, id: number): Promise<readonly CallShown[]> =>
  (await room.parts.run(readCallLegsOperation, caller, { id })).items
