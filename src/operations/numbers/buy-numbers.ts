import Type from 'typebox'
import { actorOf } from '#accounts/caller.ts'
import { refuseShort } from '#credit/refuse-short.ts'
import { monthsAfter } from '#numbers/terms.ts'
import { numbersAllowed, refuseMoreNumbers } from '#numbers/trial-numbers.ts'
import { refuse } from '#reasons/refusal.ts'
import { readAddress } from '#store/addresses.ts'
import { numbersHeld } from '#store/number-holds.ts'
import { buyNumbers, type Bought } from '#store/buy-numbers.ts'
import type { NumberRow } from '#store/numbers.ts'
import { Id, Optional } from '../fields.ts'
import { operation, type Means } from '../operation.ts'
import { requireTargets } from './number-input.ts'
import { Callers, NumberDetail, numberView, NumberView, type NumberDetailValue } from './number-view.ts'
import {
  callersFor,
  candidatesFor,
  quantityOf,
  requireMayRent,
  requireSuitable,
  wantedFields,
  wantedReasons,
  type Wanted,
} from './wanted-numbers.ts'

function shown({ caller, clock }: Means, result: Bought) {
  if (result.refused === 'quota') refuseMoreNumbers(caller.account)
  if (result.short) refuseShort(result.short)
  if (result.rows.length === 0) refuse('number.not_available', {})
  const now = clock.nowMs()
  return { items: result.rows.map((row) => numberView(row, now)) } as never
}

/**
 * One number by its text, as many as wanted of a place, or all that a reservation holds. Without `partial` it is all or
 * none.
 */
export const buyNumbersOperation = operation({
  name: 'numbers.buy',
  summary: 'Buy numbers',
  permission: 'numbers.write',
  closedTo: ['developer'],
  input: Type.Object(
    {
      ...wantedFields,
      reservationId: Optional(Id('reservation', 'Numbers that are held; then nothing else chooses numbers.')),
      name: Optional(Type.String({ maxLength: 200, description: 'Name; the number itself unless told.' })),
      applicationId: Optional(Type.Union([Id('application'), Type.Null()])),
      addressId: Optional(Id('address', 'The regulation address, where the place asks for one.')),
      priceMicro: Optional(Type.Integer({ minimum: 0, description: 'The monthly price of the one number, as it was offered.' })),
      months: Optional(Type.Integer({ minimum: 1, maximum: 120, description: 'For how long; until given back unless told.' })),
      callers: Optional(Callers),
      detail: Optional(NumberDetail),
    },
    { additionalProperties: false },
  ),
  output: Type.Object({ items: Type.Array(NumberView) }),
  reasons: [
    ...wantedReasons,
    'number.not_found',
    'number.price_invalid',
    'number.tollfree_no_caller_type',
    'number.tollfree_caller_type_barred',
    'address.not_found',
    'address.required',
    'address.incompatible',
    'resource.not_found',
    'application.not_found',
    'service.not_found',
    'account.user_unknown',
    'credit.insufficient',
    'credit.deduction_failed',
    'policy.session_blocked',
    'policy.hook_failed',
  ],
  creates: true,
  route: { method: 'POST', path: '/numbers', status: 201 },
  async run(means, input) {
    const { caller, read, clock } = means
    const { account } = caller
    requireMayRent(means)
    const detail = input.detail as NumberDetailValue | undefined
    await requireTargets(read, caller, input.applicationId, detail)
    const { addressId, reservationId, months } = input
    const address = addressId === undefined ? undefined : await readAddress(read, account.id, addressId)
    if (addressId !== undefined && !address) refuse('address.not_found', {})
    const found = reservationId === undefined ? await candidatesFor(means, input as Wanted) : await heldBy(means, reservationId)
    const candidates = await requireSuitable(means, found, address)
    const quantity = reservationId === undefined ? quantityOf(input as Wanted) : found.length
    if (input.number !== undefined) requirePrice(candidates[0]!, input.priceMicro)
    await means.askPolicy(account, { numbers: candidates.slice(0, quantity).map(({ number }) => number) }, 'number')
    const callers = await callersFor(means, candidates, input.callers ?? {})
    const now = clock.nowMs()
    const bought = await means.write(buyNumbers, {
      ids: candidates.map((row) => row.id),
      quantity,
      partial: input.partial ?? false,
      account: account.id,
      limit: numbersAllowed(account),
      months: months ?? 1,
      application_id: input.applicationId ?? null,
      face: caller.face,
      name: input.name ?? '',
      detail: JSON.stringify({ ...detail, ...(callers && { callers }) }),
      expires_ms: months === undefined ? null : monthsAfter(now, months),
      address_id: address?.id ?? null,
      actor: actorOf(caller),
      now,
    })
    return shown(means, bought)
  },
  shown,
})

/** Gives resource.not_found for a hold that is over, unknown or another account's. */
async function heldBy({ caller, read, clock }: Means, reservation: number): Promise<NumberRow[]> {
  const rows = await numbersHeld(read, caller.account.id, reservation, clock.nowMs())
  if (rows.length === 0) refuse('resource.not_found', { noun: 'reservation' })
  return rows
}

/** A price that changed in between is not paid unseen. Gives number.price_invalid. */
function requirePrice(row: NumberRow, offered: number | undefined): void {
  if (offered === undefined || offered === Number(row.price_micro)) return
  refuse('number.price_invalid', { number: row.number, price: String(Number(row.price_micro) / 1_000_000) })
}
