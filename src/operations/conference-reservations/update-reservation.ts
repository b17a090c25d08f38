import Type from 'typebox'
import { actorOf } from '#accounts/caller.ts'
import { refuse } from '#reasons/refusal.ts'
import { changeReservation } from '#store/conference-reservations.ts'
import { Id, Moment, Optional, Text } from '../fields.ts'
import { operation } from '../operation.ts'
import { durationRange, requireDivert, requireNotOver, requireParticipants } from './reservation-rules.ts'
import { leastDurationMs, mostDurationMs, noticeMs, reservationView, ReservationView } from './reservation-view.ts'

/** Who is in it stays in it; another end counts for them too. */
export const updateConferenceReservationOperation = operation({
  name: 'conference_reservations.update',
  summary: 'Change the end, the participants or the divert of a reserved conference',
  permission: 'conferences.write',
  input: Type.Object(
    {
      id: Id('conferenceReservation', 'Id of the reservation.'),
      endsAt: Optional(Moment('Another end: at most 480 minutes after its start. Not within the last five minutes.')),
      participants: Optional(Type.Integer({ minimum: 0, maximum: 1_000_000, description: 'How many it lets in.' })),
      divertTo: Optional(Type.Union([Text(200, 'The name of an inbound service.'), Type.Null()])),
    },
    { additionalProperties: false },
  ),
  output: ReservationView,
  reasons: [
    'conference.not_found',
    'conference.participants_out_of_range',
    'conference.participants_over_allowance',
    'conference.cancelled',
    'conference.finished',
    'conference.too_late_to_extend',
    'conference.total_duration_exceeded',
    'conference.duration_out_of_range',
    'service.not_found',
  ],
  route: { method: 'PATCH', path: '/conference-reservations/{id}' },
  async run(means, { id, endsAt, participants, divertTo }) {
    const { caller, read, clock } = means
    if (participants !== undefined) requireParticipants(caller, participants)
    await requireDivert(read, caller, divertTo)
    const now = clock.nowMs()
    const done = await means.write(changeReservation, {
      id,
      account: caller.account.id,
      endsMs: endsAt ?? null,
      participants: participants ?? null,
      divert: divertTo === undefined ? null : (divertTo ?? ''),
      noticeMs,
      leastMs: leastDurationMs,
      mostMs: mostDurationMs,
      actor: actorOf(caller),
      now,
    })
    requireNotOver(done)
    switch (done.refused) {
      case null:
        return reservationView(done.row, now)
      case 'ends_soon':
        return refuse('conference.too_late_to_extend', {})
      case 'too_long':
        return refuse('conference.total_duration_exceeded', { limitMinutes: durationRange.max })
      default:
        return refuse('conference.duration_out_of_range', durationRange)
    }
  },
})
