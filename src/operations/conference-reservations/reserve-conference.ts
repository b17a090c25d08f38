import Type, { type Static } from 'typebox'
import { actorOf } from '#accounts/caller.ts'
import { refuse } from '#reasons/refusal.ts'
import { reserveConference, type ReservationRow } from '#store/conference-reservations.ts'
import { Moment, Optional, Text } from '../fields.ts'
import { operation, type Means } from '../operation.ts'
import { requireDivert, requireDuration, requireParticipants, requireStart } from './reservation-rules.ts'
import { leastParticipants, mostParticipants, reservationView, ReservationView } from './reservation-view.ts'

function shown({ clock }: Means, { taken, row }: { taken: boolean; row: ReservationRow }): Static<typeof ReservationView> {
  if (taken) refuse('conference.name_taken', { name: row.name })
  return reservationView(row, clock.nowMs())
}

/** Keeps a name for so many participants from one moment to another: nobody enters it before, and all leave it at its end. */
export const reserveConferenceOperation = operation({
  name: 'conference_reservations.create',
  summary: 'Reserve a conference',
  permission: 'conferences.write',
  feature: 'conference',
  input: Type.Object(
    {
      name: Text(200, 'By which scripts join it; one reservation of a name at a time.'),
      participants: Type.Integer({
        minimum: 0,
        maximum: 1_000_000,
        description: `How many it lets in: from ${leastParticipants} to ${mostParticipants}, and no more than the account may reserve.`,
      }),
      startsAt: Optional(Moment('At least five minutes and at most 24 hours ahead; at once unless told.')),
      durationMinutes: Type.Integer({ minimum: 0, maximum: 1_000_000, description: 'From its start to its end: 1 to 480.' }),
      divertTo: Optional(Text(200, 'The name of an inbound service: whoever comes too early is led to it.')),
    },
    { additionalProperties: false },
  ),
  output: ReservationView,
  reasons: [
    'account.not_active',
    'conference.participants_out_of_range',
    'conference.participants_over_allowance',
    'conference.start_time_past',
    'conference.start_time_invalid',
    'conference.duration_out_of_range',
    'conference.name_taken',
    'service.not_found',
  ],
  creates: true,
  route: { method: 'POST', path: '/conference-reservations', status: 201 },
  async run(means, { name, participants, startsAt, durationMinutes, divertTo }) {
    const { caller, read, clock, nextId } = means
    const { account } = caller
    if (account.status !== 'active') refuse('account.not_active', { state: account.status })
    const now = clock.nowMs()
    requireParticipants(caller, participants)
    if (startsAt !== undefined) requireStart(startsAt, now)
    requireDuration(durationMinutes * 60_000)
    await requireDivert(read, caller, divertTo)
    const starts = startsAt ?? now
    const row: ReservationRow = {
      id: nextId(),
      account_id: account.id,
      face: caller.face,
      name,
      state: 'reserved',
      participants,
      divert: divertTo ?? '',
      starts_ms: starts,
      ends_ms: starts + durationMinutes * 60_000,
      ended_ms: null,
      created_ms: now,
      updated_ms: now,
    }
    return shown(means, await means.write(reserveConference, { row, actor: actorOf(caller) }))
  },
  shown,
})
