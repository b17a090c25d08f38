import Type from 'typebox'
import { actorOf } from '#accounts/caller.ts'
import { refuse } from '#reasons/refusal.ts'
import { buyNumbers, listStock, readNumberByNumber, type NumberRow } from '#store/numbers.ts'
import { Id, OneOf, Optional } from '../fields.ts'
import { isForSale } from '#numbers/number-state.ts'
import { operation, type Means } from '../operation.ts'
import { e164, requireTargets } from './number-input.ts'
import { NumberDetail, numberTypes, numberView, NumberView, type NumberDetailValue } from './number-view.ts'

const maxQuantity = 100

/** Rivals may be faster: some more candidates than wanted are tried. */
const spareCandidates = 20

function shown(_: Means, result: { refused: 'quota' | null; rows: NumberRow[]; limit: number; wanted: number }) {
  if (result.refused === 'quota') refuse('resource.limit_reached', { noun: 'number', limit: result.limit })
  if (result.rows.length === 0) refuse('number.not_available', {})
  return { items: result.rows.map(numberView) } as never
}

/** One number by its text, or as many as wanted of a place. Without `partial` it is all or none. */
export const buyNumbersOperation = operation({
  name: 'numbers.buy',
  summary: 'Buy numbers',
  permission: 'numbers.write',
  closedTo: ['developer'],
  input: Type.Object(
    {
      number: Optional(Type.String({ minLength: 1, maxLength: 64, description: 'The number wanted, E.164.' })),
      country: Optional(Type.String({ pattern: '^[A-Z]{2}$', description: 'ISO 3166 alpha-2.' })),
      type: Optional(OneOf(numberTypes, 'Type of number.')),
      state: Optional(Type.String({ maxLength: 100, description: 'State, exactly.' })),
      region: Optional(Type.String({ maxLength: 100, description: 'Region, exactly.' })),
      contains: Optional(Type.String({ pattern: '^[0-9%_+]{1,20}$', description: 'Digits, with % and _ as wildcards.' })),
      quantity: Optional(Type.Integer({ minimum: 1, maximum: maxQuantity, description: 'How many; 1 unless told.' })),
      partial: Optional(Type.Boolean({ description: 'Take fewer when the stock has fewer.' })),
      name: Optional(Type.String({ maxLength: 200, description: 'Name; the number itself unless told.' })),
      applicationId: Optional(Type.Union([Id('application'), Type.Null()])),
      priceMicro: Optional(Type.Integer({ minimum: 0, description: 'The monthly price of the one number, as it was offered.' })),
      detail: Optional(NumberDetail),
    },
    { additionalProperties: false },
  ),
  output: Type.Object({ items: Type.Array(NumberView) }),
  reasons: [
    'number.invalid',
    'number.not_found',
    'number.not_available',
    'number.occupied',
    'number.out_of_stock',
    'number.price_invalid',
    'resource.limit_reached',
    'application.not_found',
    'account.not_active',
    'service.not_found',
    'account.user_unknown',
  ],
  creates: true,
  route: { method: 'POST', path: '/numbers', status: 201 },
  async run(means, input) {
    const { caller, read, clock } = means
    const { account } = caller
    if (account.status !== 'active') refuse('account.not_active', { state: account.status })
    const detail = input.detail as NumberDetailValue | undefined
    await requireTargets(read, caller, input.applicationId, detail)
    const quantity = input.number === undefined ? (input.quantity ?? 1) : 1
    const candidates = await candidatesFor(means, input, quantity)
    const { numbers: limit } = account.settings.limits
    const bought = await means.write(
      buyNumbers,
      {
        ids: candidates.map((row) => row.id),
        quantity,
        partial: input.partial ?? false,
        account: account.id,
        limit,
        application_id: input.applicationId ?? null,
        face: caller.face,
        name: input.name ?? '',
        detail: JSON.stringify(detail ?? {}),
        expires_ms: null,
        address_id: null,
        actor: actorOf(caller),
        now: clock.nowMs(),
      },
      { limit, wanted: quantity },
    )
    return shown(means, bought)
  },
  shown,
})

interface Wanted {
  number?: string
  country?: string
  type?: string
  state?: string
  region?: string
  contains?: string
  partial?: boolean
  priceMicro?: number
}

async function candidatesFor({ caller, read, clock }: Means, wanted: Wanted, quantity: number): Promise<NumberRow[]> {
  if (wanted.number !== undefined) {
    const row = await readNumberByNumber(read, e164(wanted.number))
    if (!row) refuse('number.not_available', { number: wanted.number })
    if (row.account_id !== null)
      refuse('number.occupied', { number: row.account_id === caller.account.id ? row.number : wanted.number })
    if (!isForSale(row, caller.account.id, clock.nowMs())) refuse('number.not_available', { number: row.number })
    // A price that changed in between is not paid unseen.
    if (wanted.priceMicro !== undefined && wanted.priceMicro !== Number(row.price_micro)) {
      refuse('number.price_invalid', { number: row.number, price: String(Number(row.price_micro) / 1_000_000) })
    }
    return [row]
  }
  const { country, type, state, region, contains: number } = wanted
  const rows = await listStock(read, {
    scope: null,
    limit: quantity + spareCandidates,
    oldestFirst: true,
    where: { country, type, state, region, number, form: 'e164', status: 'active', heldAt: clock.nowMs() },
  })
  if (rows.length === 0 || (rows.length < quantity && !wanted.partial)) {
    const area = [country, type, state, region].filter(Boolean).join(' ')
    refuse('number.out_of_stock', { area, wanted: quantity, inStock: rows.length })
  }
  return rows
}
