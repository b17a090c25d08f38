import Type from 'typebox'
import { actorOf } from '#accounts/caller.ts'
import { refusal, refuse } from '#reasons/refusal.ts'
import { endReservation, readReservation } from '#store/conference-reservations.ts'
import { readOpenConference } from '#store/conferences.ts'
import { Id } from '../fields.ts'
import { nodeOfConference } from '../conferences/running-conference.ts'
import { operation, otherNodeReasons, type Means } from '../operation.ts'
import { requireNotOver } from './reservation-rules.ts'
import { reservationView, ReservationView } from './reservation-view.ts'

/** The node that has its members; undefined where they are here, or nobody is in it. */
async function nodeOfReserved(means: Means, { id }: { readonly id: number }): Promise<string | undefined> {
  const { caller, read } = means
  const reserved = await readReservation(read, caller.account.id, id)
  const open = reserved && (await readOpenConference(read, caller.account.id, reserved.name))
  return open && nodeOfConference(means, { id: open.id })
}

/** The calls in it end with it, as at the end of its time. */
export const endConferenceReservationOperation = operation({
  name: 'conference_reservations.end',
  summary: 'End a reserved conference before its time',
  permission: 'conferences.write',
  input: Type.Object({ id: Id('conferenceReservation', 'Id of the reservation.') }, { additionalProperties: false }),
  output: ReservationView,
  reasons: [
    'conference.not_found',
    'conference.cancelled',
    'conference.finished',
    'conference.not_running',
    'conference.on_other_node',
    ...otherNodeReasons,
  ],
  route: { method: 'POST', path: '/conference-reservations/{id}/end' },
  runsOn: nodeOfReserved,
  async run(means, { id }) {
    const { caller, read, clock, voice } = means
    const account = caller.account.id
    const before = (await readReservation(read, account, id)) ?? refuse('conference.not_found', {})
    const conference = before.name
    const open = await readOpenConference(read, account, conference)
    const room = open && voice.conferences.find(open.id)
    if (open && !room) refuse('conference.on_other_node', { conference })
    const now = clock.nowMs()
    const done = await means.write(endReservation, { id, account, actor: actorOf(caller), now })
    requireNotOver(done)
    switch (done.refused) {
      case null:
        room?.end(refusal('call.terminated_by_request'))
        return reservationView(done.row, now)
      default:
        return refuse('conference.not_running', { conference })
    }
  },
})
