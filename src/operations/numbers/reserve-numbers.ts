// Holding numbers for a while, so that they can be shown to somebody and bought without being lost to others meanwhile.

import Type from 'typebox'
import { actorOf } from '#accounts/caller.ts'
import { numbersAllowed, refuseMoreNumbers } from '#numbers/trial-numbers.ts'
import { refuse } from '#reasons/refusal.ts'
import { holdNumbers, letNumbersGo, numbersHeld } from '#store/number-holds.ts'
import type { NumberRow } from '#store/numbers.ts'
import { Done, Id, Moment, Optional } from '../fields.ts'
import { operation, type Means } from '../operation.ts'
import { numberView, NumberView } from './number-view.ts'
import { candidatesFor, quantityOf, requireMayRent, wantedFields, wantedReasons, type Wanted } from './wanted-numbers.ts'

const usualMinutes = 15
const maxMinutes = 24 * 60

const ReservationView = Type.Object({
  id: Id('reservation'),
  until: Moment('When it is over.'),
  items: Type.Array(NumberView),
})

const view = (rows: readonly NumberRow[], nowMs: number) => ({
  id: rows[0]!.reservation_id!,
  until: rows[0]!.reserved_until_ms!,
  items: rows.map((row) => numberView(row, nowMs)) as never,
})

function shown({ caller, clock }: Means, result: { refused: 'quota' | null; rows: NumberRow[] }) {
  if (result.refused === 'quota') refuseMoreNumbers(caller.account)
  if (result.rows.length === 0) refuse('number.not_available', {})
  return view(result.rows, clock.nowMs())
}

/** What is held counts against the numbers that the account may own. It costs nothing; addresses are asked for when it is bought. */
export const reserveNumbersOperation = operation({
  name: 'numbers.reserve',
  summary: 'Hold numbers for a while',
  permission: 'numbers.write',
  closedTo: ['developer'],
  input: Type.Object(
    {
      ...wantedFields,
      minutes: Optional(
        Type.Integer({ minimum: 1, maximum: maxMinutes, description: `How long; ${usualMinutes} minutes unless told.` }),
      ),
    },
    { additionalProperties: false },
  ),
  output: ReservationView,
  reasons: [...wantedReasons],
  creates: true,
  route: { method: 'POST', path: '/number-reservations', status: 201 },
  async run(means, { minutes = usualMinutes, ...wanted }) {
    const { caller, nextId, clock } = means
    requireMayRent(means)
    const candidates = await candidatesFor(means, wanted as Wanted)
    const now = clock.nowMs()
    const held = await means.write(holdNumbers, {
      reservation: nextId(),
      ids: candidates.map(({ id }) => id),
      quantity: quantityOf(wanted as Wanted),
      partial: wanted.partial ?? false,
      account: caller.account.id,
      limit: numbersAllowed(caller.account),
      until: now + minutes * 60_000,
      actor: actorOf(caller),
      now,
    })
    return shown(means, held)
  },
  shown,
})

export const readReservationOperation = operation({
  name: 'numbers.readReservation',
  summary: 'Read which numbers are held',
  permission: 'numbers.read',
  input: Type.Object({ id: Id('reservation') }, { additionalProperties: false }),
  output: ReservationView,
  reasons: ['resource.not_found'],
  route: { method: 'GET', path: '/number-reservations/{id}' },
  async run({ caller, read, clock }, { id }) {
    const now = clock.nowMs()
    const rows = await numbersHeld(read, caller.account.id, id, now)
    if (rows.length === 0) refuse('resource.not_found', { noun: 'reservation' })
    return view(rows, now)
  },
})

export const endReservationOperation = operation({
  name: 'numbers.endReservation',
  summary: 'Let go of numbers that are held',
  permission: 'numbers.write',
  input: Type.Object({ id: Id('reservation') }, { additionalProperties: false }),
  output: Done,
  reasons: ['resource.not_found'],
  route: { method: 'DELETE', path: '/number-reservations/{id}' },
  async run(means, { id }) {
    const { caller, clock } = means
    const input = { id, account: caller.account.id, actor: actorOf(caller), now: clock.nowMs() }
    if (!(await means.write(letNumbersGo, input)).ended) refuse('resource.not_found', { noun: 'reservation' })
    return { done: true }
  },
})
