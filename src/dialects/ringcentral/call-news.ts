// What a subscription is told at a step of a call (reference 11.2): the presence of whose call it is, or the session; and the presence where
// somebody set it. As they stand when the log is read.

import { readUserOperation } from '#operations/users/read-user.ts'
import { Refusal } from '#reasons/refusal.ts'
import type { CallRow } from '#store/calls.ts'
import type { Happening } from '#store/happenings.ts'
import { isReceived, legsOf } from './call-record.ts'
import { isoTime } from './formats.ts'
import type { Room } from './knock.ts'
import type { Looking } from './message-record.ts'
import { presenceOf } from './presence.ts'
import { everybody, type Filter } from './subscription-filters.ts'
import { sessionShown } from './telephony.ts'

/** `whose` it is that changes, `own` the subscription's user. */
export const watchesPresence = ({ of, user }: Filter, whose: number, own: number): boolean =>
  of === 'presence' && (user === everybody || whose === (user === undefined ? own : Number(user)))

export function watchesCall(filter: Filter, call: CallRow, own: number): boolean {
  const { of, user, direction } = filter
  if (of === 'presence') return call.user_id !== null && watchesPresence(filter, call.user_id, own)
  if (of !== 'telephony/sessions' || (user !== everybody && call.user_id !== own)) return false
  return (
    direction === undefined ||
    direction ===
      (isReceived({ direction: call.direction as 'in' | 'out', clientId: call.client_id, numberId: call.number_id })
        ? 'Inbound'
        : 'Outbound')
  )
}

/** Undefined where whoever asks sees nothing of it any more. */
export async function callNews(
  room: Room,
  looking: Looking,
  { of, detailedTelephonyState }: Filter,
  { noun, noun_id: id, seq, at_ms: atMs }: Happening,
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
    const presence = await presenceOf(room, looking, user, detailedTelephonyState === 'true')
    // Of whoever hides it, not even that there are calls is told.
    if (noun === 'calls' && !('telephonyStatus' in presence)) return undefined
    return { extensionId, sequence: seq, ...presence }
  } catch (error) {
    if (error instanceof Refusal) return undefined
    throw error
  }
}
