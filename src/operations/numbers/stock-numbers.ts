import Type from 'typebox'
import { actorOf } from '#accounts/caller.ts'
import { maySellAs, plannedNumber, type Planned } from '#numbers/numbering-plan.ts'
import { refusal, refuseAll } from '#reasons/refusal.ts'
import { freshNumber, stockNumbers } from '#store/numbers.ts'
import { OneOf, Optional } from '../fields.ts'
import { operation, type Means } from '../operation.ts'
import { Capabilities, numberTypes } from './number-view.ts'

const shown = (_: Means, { added }: { added: number }) => ({ added })

/**
 * The operator adds numbers that accounts may buy. Known numbers are left as they are. Country, and where it is not told the
 * type, are those of the numbering plan; toll-free and national numbers without a region are arranged by their first digits.
 */
export const stockNumbersOperation = operation({
  name: 'numbers.stock',
  summary: 'Add numbers to the stock',
  permission: 'operator',
  input: Type.Object(
    {
      numbers: Type.Array(Type.String({ minLength: 3, maxLength: 20 }), {
        minItems: 1,
        maxItems: 1000,
        description: 'E.164 with +.',
      }),
      type: Optional(OneOf(numberTypes, 'Type of the numbers; that of the numbering plan unless told.')),
      state: Optional(Type.String({ maxLength: 100, description: 'State; empty where the country has none.' })),
      region: Optional(Type.String({ maxLength: 100, description: 'Region.' })),
      capabilities: Optional(Capabilities),
      priceMicro: Optional(Type.Integer({ minimum: 0, description: 'Price a month, in millionths of the currency.' })),
      currency: Optional(Type.String({ pattern: '^[A-Z]{3}$', description: 'ISO 4217.' })),
    },
    { additionalProperties: false },
  ),
  output: Type.Object({ added: Type.Integer() }),
  reasons: ['number.invalid', 'number.type_invalid'],
  creates: true,
  route: { method: 'POST', path: '/number-stock', status: 201 },
  async run(means, { numbers, type, state = '', region, capabilities, priceMicro = 0, currency = 'USD' }) {
    const { caller, nextId, clock } = means
    const planned = numbers.map((text) => plannedNumber(text))
    const wrong = numbers.filter((_, index) => planned[index] === undefined)
    if (wrong.length > 0) refuseAll(wrong.map((number) => refusal('number.invalid', { number, parameter: 'numbers' })))
    const typed = (planned as Planned[]).map((number) => ({ ...number, type: type ?? number.types[0] }))
    const mistyped = typed.filter((number) => number.type === undefined || !maySellAs(number, number.type))
    if (mistyped.length > 0)
      refuseAll(
        mistyped.map(({ number, type: as }) =>
          refusal('number.type_invalid', { parameter: 'type', type: `${as ?? 'unknown'} for ${number}` }),
        ),
      )
    const now = clock.nowMs()
    const rows = typed.map(({ number, country, prefix, type: as }) => ({
      ...freshNumber,
      id: nextId(),
      account_id: null,
      number,
      form: 'e164',
      country,
      type: as!,
      state,
      region: region ?? (as === 'tollfree' || as === 'national' ? prefix : ''),
      capabilities: JSON.stringify(capabilities ?? { voice: true, sms: true, mms: false, fax: false }),
      application_id: null,
      face: '',
      name: '',
      detail: '{}',
      price_micro: priceMicro,
      currency,
      bought_ms: null,
      updated_ms: now,
      version: 1,
    }))
    return shown(means, await means.write(stockNumbers, { rows, actor: actorOf(caller), accountId: caller.account.id, now }))
  },
  shown,
})
