import Type from 'typebox'
import { actorOf } from '#accounts/caller.ts'
import { refuse } from '#reasons/refusal.ts'
import { cancelReservation } from '#store/conference-reservations.ts'
import { Id } from '../fields.ts'
import { operation } from '../operation.ts'
import { requireNotOver } from './reservation-rules.ts'
import { noticeMs, reservationView, ReservationView } from './reservation-view.ts'

export const cancelConferenceReservationOperation = operation({
  name: 'conference_reservations.cancel',
  summary: 'Cancel a reservation, at least five minutes before its start',
  permission: 'conferences.write',
  input: Type.Object({ id: Id('conferenceReservation', 'Id of the reservation.') }, { additionalProperties: false }),
  output: ReservationView,
  reasons: [
    'conference.not_found',
    'conference.cancelled',
    'conference.finished',
    'conference.already_started',
    'conference.too_late_to_cancel',
  ],
  route: { method: 'DELETE', path: '/conference-reservations/{id}' },
  async run(means, { id }) {
    const { caller, clock } = means
    const now = clock.nowMs()
    const ask = { id, account: caller.account.id, noticeMs, actor: actorOf(caller), now }
    const done = await means.write(cancelReservation, ask)
    requireNotOver(done)
    switch (done.refused) {
      case null:
        return reservationView(done.row, now)
      case 'started':
        return refuse('conference.already_started', {})
      default:
        return refuse('conference.too_late_to_cancel', {})
    }
  },
})
