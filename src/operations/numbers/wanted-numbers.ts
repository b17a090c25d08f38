// Which numbers of the stock a purchase or a hold may take: those of the place that was asked for, less those that the
// place's rules or the account's trial keep from this account. The race for them is decided in the write.

import Type from 'typebox'
import { requireTrialRunning } from '#accounts/trial.ts'
import { placesIn } from '#numbers/areas.ts'
import { rulingOf, type CallerType } from '#numbers/number-rules.ts'
import { isForSale } from '#numbers/number-state.ts'
import { requireAddress } from '#numbers/require-address.ts'
import { allowedCallers, type AllowedCallers, type CallersAsked } from '#numbers/tollfree-callers.ts'
import { requireTrialMayRent } from '#numbers/trial-numbers.ts'
import { Refusal, refuse } from '#reasons/refusal.ts'
import type { AddressRow } from '#store/addresses.ts'
import { readNumberRules } from '#store/number-rules.ts'
import { allPlaces } from '#store/number-places.ts'
import { listStock, readNumberByNumber, type NumberRow } from '#store/numbers.ts'
import { OneOf, Optional } from '../fields.ts'
import type { Means } from '../operation.ts'
import { e164 } from './number-input.ts'
import { numberTypes } from './number-view.ts'

const maxQuantity = 100

/** Rivals may be faster: some more candidates than wanted are tried. */
const spareCandidates = 20

/** One number by its text, or as many as wanted of a place. */
export const wantedFields = {
  number: Optional(Type.String({ minLength: 1, maxLength: 64, description: 'The number wanted, E.164.' })),
  country: Optional(Type.String({ pattern: '^[A-Z]{2}$', description: 'ISO 3166 alpha-2.' })),
  type: Optional(OneOf(numberTypes, 'Type of number.')),
  state: Optional(Type.String({ maxLength: 100, description: 'State, exactly.' })),
  region: Optional(Type.String({ maxLength: 100, description: 'Region, exactly.' })),
  contains: Optional(Type.String({ pattern: '^[0-9%_+]{1,20}$', description: 'Digits, with % and _ as wildcards.' })),
  quantity: Optional(Type.Integer({ minimum: 1, maximum: maxQuantity, description: 'How many; 1 unless told.' })),
  partial: Optional(Type.Boolean({ description: 'Take fewer when the stock has fewer.' })),
}

/** The reasons that choosing numbers may give. */
export const wantedReasons = [
  'number.invalid',
  'number.not_available',
  'number.occupied',
  'number.out_of_stock',
  'number.area_unknown',
  'number.state_not_applicable',
  'trial.expired',
  'trial.number_restricted',
  'trial.quota_reached',
  'resource.limit_reached',
  'account.not_active',
] as const

export interface Wanted {
  readonly number?: string
  readonly country?: string
  readonly type?: string
  readonly state?: string
  readonly region?: string
  readonly contains?: string
  readonly quantity?: number
  readonly partial?: boolean
}

export const quantityOf = ({ number, quantity }: Wanted): number => (number === undefined ? (quantity ?? 1) : 1)

/** Whether this account may rent anything now. Gives account.not_active, trial.expired. */
export function requireMayRent({ caller: { account }, clock }: Means): void {
  if (account.status !== 'active') refuse('account.not_active', { state: account.status })
  requireTrialRunning(account, clock.nowMs())
}

/** In the order of choice. Gives what is wrong with the place, the number or the stock. */
export async function candidatesFor(means: Means, wanted: Wanted): Promise<NumberRow[]> {
  const { caller, read, slow, clock } = means
  const now = clock.nowMs()
  if (wanted.number !== undefined) {
    const row = await readNumberByNumber(read, e164(wanted.number))
    if (!row) refuse('number.not_available', { number: wanted.number })
    if (row.account_id !== null)
      refuse('number.occupied', { number: row.account_id === caller.account.id ? row.number : wanted.number })
    if (!isForSale(row, caller.account.id, now)) refuse('number.not_available', { number: row.number })
    return [row]
  }
  const { country, type, state, region, contains: number } = wanted
  const quantity = quantityOf(wanted)
  const rows = await listStock(read, {
    scope: null,
    limit: quantity + spareCandidates,
    oldestFirst: true,
    where: { country, type, state, region, number, form: 'e164', status: 'active', heldAt: now },
  })
  // A place that has numbers is known; only of one that has none is it asked whether it ever had.
  if (rows.length === 0 && country !== undefined) placesIn(await allPlaces(slow), { country, type, state, region })
  if (rows.length === 0 || (rows.length < quantity && !wanted.partial)) {
    const area = [country, type, state, region].filter(Boolean).join(' ')
    refuse('number.out_of_stock', { area, wanted: quantity, inStock: rows.length })
  }
  return rows
}

/**
 * Those of the candidates that the account may rent with that address. Where it may rent none, gives why not the first:
 * trial.number_restricted, address.required, address.incompatible.
 */
export async function requireSuitable(
  { caller, read }: Means,
  candidates: readonly NumberRow[],
  address: AddressRow | undefined,
): Promise<NumberRow[]> {
  const rules = await readNumberRules(read)
  let first: Refusal | undefined
  const suitable = candidates.filter((row) => {
    try {
      requireTrialMayRent(caller.account, row)
      requireAddress(rulingOf(rules, row).address, row, address)
      return true
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      first ??= error
      return false
    }
  })
  if (suitable.length === 0 && first) throw first
  return suitable
}

/**
 * Which phones may call the toll-free numbers among the candidates; undefined for numbers that anybody calls. Gives
 * number.tollfree_no_caller_type, number.tollfree_caller_type_barred.
 */
export async function callersFor(
  { read }: Means,
  candidates: readonly NumberRow[],
  asked: CallersAsked,
): Promise<AllowedCallers | undefined> {
  const tollfree = candidates.filter(({ type }) => type === 'tollfree')
  if (tollfree.length === 0) return undefined
  const rules = await readNumberRules(read)
  const barred = new Set<CallerType>(tollfree.flatMap((row) => rulingOf(rules, row).barredCallers))
  const [{ country, region }] = tollfree as [NumberRow]
  return allowedCallers(asked, [...barred], `${country} ${region}`.trim())
}
