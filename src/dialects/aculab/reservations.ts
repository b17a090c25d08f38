// Reservations of conferences, reference section 9: made, extended, removed. One is named by its token, or by its conference's name; never
// by both.

import { cancelConferenceReservationOperation } from '#operations/conference-reservations/cancel-reservation.ts'
import {
  listConferenceReservationsOperation,
  readConferenceReservationOperation,
} from '#operations/conference-reservations/read-reservations.ts'
import { durationRange } from '#operations/conference-reservations/reservation-rules.ts'
import type { ReservationShown } from '#operations/conference-reservations/reservation-view.ts'
import { reserveConferenceOperation } from '#operations/conference-reservations/reserve-conference.ts'
import { updateConferenceReservationOperation } from '#operations/conference-reservations/update-reservation.ts'
import { Refusal, refusal, refuse } from '#reasons/refusal.ts'
import { serviceNameForm } from './ids.ts'
import { count, must, text, type Parameter } from './parameters.ts'
import { deed, type Asked, type DeedTable } from './routes.ts'

/** Fewer than 48 letters and digits. */
const reservableName = text(/^[A-Za-z0-9]{1,47}$/, 'fewer than 48 letters and digits')
const anyCount = count(1_000_000)

/** `YYYY-MM-DD-HH-MM`, UTC. Gives conference.start_time_invalid (0601). */
const startTime: Parameter<number> = {
  required: false,
  read(value) {
    const [, day, hour, minute] = /^(\d{4}-\d\d-\d\d)-(\d\d)-(\d\d)$/.exec(value) ?? []
    const ms = day === undefined ? Number.NaN : Date.parse(`${day}T${hour}:${minute}:00Z`)
    const isReal = !Number.isNaN(ms) && new Date(ms).toISOString().startsWith(`${day}T${hour}:${minute}`)
    return isReal ? ms : refusal('conference.start_time_invalid', { value: value.slice(0, 40) })
  },
}

const create = deed({
  parameters: {
    conference_name: must(reservableName),
    max_participants: must(anyCount),
    start_time: must(startTime),
    duration: must(anyCount),
    divert: text(serviceNameForm, 'the name of an inbound service'),
  },
  operations: [reserveConferenceOperation],
  async answer({ parts, caller, fields, instances, idempotencyKey }) {
    const { conference_name: name, max_participants: participants, start_time: startsAt, duration, divert } = fields
    const { id } = await parts.run(
      reserveConferenceOperation,
      caller,
      { name, participants, startsAt, durationMinutes: duration, ...(divert !== undefined && { divertTo: divert }) },
      { idempotencyKey },
    )
    return { reservation_token: instances.tokenOf(id) }
  },
})

const reference = {
  conference_name: must.where((sent) => !sent.has('reservation_token'), text(/^[^\p{Cc}]{1,200}$/u, 'the name of a conference')),
  reservation_token: text(/^[\x21-\x7e]{1,200}$/, 'a token'),
}

interface Named {
  readonly conference_name: string | undefined
  readonly reservation_token: string | undefined
}

/** Gives request.parameters_exclusive (0616), conference.token_invalid (0604), conference.not_found (0613). */
async function reservationOf({ parts, caller, fields, instances }: Asked<Named>): Promise<ReservationShown> {
  const { conference_name: name, reservation_token: token } = fields
  if (name !== undefined && token !== undefined) {
    refuse('request.parameters_exclusive', {
      parameters: ['conference_name', 'reservation_token'],
      set: 'conference_reference',
    })
  }
  if (token !== undefined) {
    const id = instances.readToken(token) ?? refuse('conference.token_invalid', {})
    try {
      return await parts.run(readConferenceReservationOperation, caller, { id })
    } catch (error) {
      if (error instanceof Refusal && error.reason === 'conference.not_found') return refuse('conference.token_invalid', {})
      throw error
    }
  }
  const conference = name ?? ''
  // The last one: the only one of its name that can still stand.
  const { items } = await parts.run(listConferenceReservationsOperation, caller, { name: conference, limit: 1 })
  return items[0] ?? refuse('conference.not_found', { conference })
}

/** A minute lies between two changes of one that still stands (0026). */
async function changed(asked: Asked<Named>, change: (reservation: ReservationShown) => Promise<unknown>): Promise<object> {
  const { parts, conferenceChanges } = asked
  const reservation = await reservationOf(asked)
  const { id, state } = reservation
  if (state === 'reserved' || state === 'running') conferenceChanges.require(id, parts.clock.nowMs())
  await change(reservation)
  conferenceChanges.changed(id, parts.clock.nowMs())
  return {}
}

const modify = deed({
  parameters: { ...reference, duration: must(anyCount) },
  operations: [updateConferenceReservationOperation],
  answer: (asked) =>
    changed(asked, async ({ id, endsAt }) => {
      const { duration } = asked.fields
      if (duration > durationRange.max) refuse('conference.duration_out_of_range', durationRange)
      await asked.parts.run(updateConferenceReservationOperation, asked.caller, { id, endsAt: endsAt + duration * 60_000 })
    }),
})

const remove = deed({
  parameters: reference,
  operations: [cancelConferenceReservationOperation],
  answer: (asked) => changed(asked, ({ id }) => asked.parts.run(cancelConferenceReservationOperation, asked.caller, { id })),
})

export const reservationOperations: DeedTable = {
  conference_reservation_create: create,
  conference_reservation_modify: modify,
  conference_reservation_remove: remove,
}
