// What a subscription is told at a step of a call (reference 11.2): the presence of whose call it is, or the session. As they stand when the
// log is read.

import { readUserOperation } from '#operations/users/read-user.ts'
import { Refusal } from '#reasons/refusal.ts'
import type { CallRow } from '#store/calls.ts'
import type { Happening } from '#store/happenings.ts'
import { legsOf } from './call-record.ts'
import { isoTime } from './formats.ts'
import type { Room } from './knock.ts'
import type { Looking } from './message-record.ts'
import { presenceOf } from './presence.ts'
import type { Filter } from './subscription-filters.ts'
import { sessionShown } from './telephony.ts'

/** `own`: of the subscription's user. */
export function watchesCall({ of, user, direction }: Filter, call: CallRow, own: number): boolean {
  if (of === 'presence') return call.user_id === (user === undefined ? own : Number(user))
  if (of !== 'telephony/sessions' || call.user_id !== own) return false
  return direction === undefined || direction === (call.direction === 'in' ? 'Inbound' : 'Outbound')
}

/** Undefined where whoever asks sees nothing of it any more. */
export async function callNews(
  room: Room,
  looking: Looking,
  { of, detailedTelephonyState }: Filter,
  { noun_id: id, seq, at_ms: atMs }: Happening,
): Promise<object | undefined> {
  const { caller, userId } = looking.target!
  try {
    if (of === 'telephony/sessions') {
      const session = sessionShown(room, await legsOf(room, caller, id)) as { id: string }
      const { id: telephonySessionId, ...more } = session
      return { sequence: seq, telephonySessionId, ...more, eventTime: isoTime(atMs) }
    }
    const user = await room.parts.run(readUserOperation, caller, { id: userId! })
    const extensionId = String(room.ids.show('user', user.id))
    return { extensionId, sequence: seq, ...(await presenceOf(room, looking, user, detailedTelephonyState === 'true')) }
  } catch (error) {
    if (error instanceof Refusal) return undefined
    throw error
  }
}
