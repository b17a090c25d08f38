import Type from 'typebox'
import { refuse } from '#reasons/refusal.ts'
import { listReservations, readReservation } from '#store/conference-reservations.ts'
import { Id, Optional, Page, pageFrom, pageLimit, PageOf } from '../fields.ts'
import { operation } from '../operation.ts'
import { reservationView, ReservationView } from './reservation-view.ts'

export const readConferenceReservationOperation = operation({
  name: 'conference_reservations.read',
  summary: 'Read a reservation of a conference',
  permission: 'conferences.read',
  input: Type.Object({ id: Id('conferenceReservation', 'Id of the reservation.') }, { additionalProperties: false }),
  output: ReservationView,
  reasons: ['conference.not_found'],
  route: { method: 'GET', path: '/conference-reservations/{id}' },
  async run({ caller, read, clock }, { id }) {
    const row = (await readReservation(read, caller.account.id, id)) ?? refuse('conference.not_found', {})
    return reservationView(row, clock.nowMs())
  },
})

export const listConferenceReservationsOperation = operation({
  name: 'conference_reservations.list',
  summary: 'List reservations of conferences',
  permission: 'conferences.read',
  input: PageOf({
    name: Optional(Type.String({ maxLength: 200, description: 'Of this conference.' })),
    endsSince: Optional(Type.Integer({ 'x-moment': true, description: 'Over at this moment or later.' })),
  }),
  output: Page(ReservationView),
  reasons: [],
  route: { method: 'GET', path: '/conference-reservations' },
  async run({ caller, read, clock }, { limit: asked, after, skip, oldestFirst, ...where }) {
    const limit = pageLimit(asked)
    const request = { scope: caller.account.id, after, skip, oldestFirst, limit: limit + 1, where }
    const now = clock.nowMs()
    return pageFrom(await listReservations(read, request), limit, (row) => reservationView(row, now))
  },
})
