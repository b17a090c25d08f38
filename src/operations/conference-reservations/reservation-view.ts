// A reservation of a conference as the operations show it, and what bounds all of them.

import Type, { type Static } from 'typebox'
import { reservationState, type ReservationRow } from '#store/conference-reservations.ts'
import { Id, Moment, OneOf } from '../fields.ts'

const minuteMs = 60_000

/** From its start to its end, extensions included. */
export const leastDurationMs = minuteMs
export const mostDurationMs = 480 * minuteMs

export const leastParticipants = 2
export const mostParticipants = 350

/** A start that is not at once is so far ahead, in whole minutes; a cancellation or another end comes so long before. */
export const noticeMs = 5 * minuteMs
/** Nothing is reserved further ahead. */
export const horizonMs = 24 * 60 * minuteMs

export const ReservationView = Type.Object({
  id: Id('conferenceReservation', 'Id of the reservation.'),
  accountId: Id('account'),
  name: Type.String({ description: 'Of the conference: by which scripts join it.' }),
  state: OneOf(
    ['reserved', 'running', 'completed', 'cancelled'],
    'reserved: nobody is let in yet. running: between its start and its end, whoever is in it.',
  ),
  participants: Type.Integer({ description: 'Let in at once, at most.' }),
  divertTo: Type.Union([Type.String(), Type.Null()], {
    description: 'The inbound service that whoever comes too early is led to.',
  }),
  startsAt: Moment('When it begins.'),
  endsAt: Moment('When it is over, with whoever is in it.'),
  endedAt: Type.Union([Moment('When it was over or cancelled.'), Type.Null()]),
  createdAt: Moment('When it was reserved.'),
  updatedAt: Moment('When it last changed.'),
})

export type ReservationShown = Static<typeof ReservationView>

export function reservationView(row: ReservationRow, nowMs: number): ReservationShown {
  const state = reservationState(row, nowMs)
  return {
    id: row.id,
    accountId: row.account_id,
    name: row.name,
    state,
    participants: row.participants,
    divertTo: row.divert === '' ? null : row.divert,
    startsAt: row.starts_ms,
    endsAt: row.ends_ms,
    endedAt: row.ended_ms ?? (state === 'completed' ? row.ends_ms : null),
    createdAt: row.created_ms,
    updatedAt: row.updated_ms,
  }
}
