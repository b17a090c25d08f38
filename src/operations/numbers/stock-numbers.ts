import Type from 'typebox'
import { parsePhoneNumberFromString } from 'libphonenumber-js/max'
import { actorOf } from '#accounts/caller.ts'
import { refusal, refuseAll } from '#reasons/refusal.ts'
import { freshNumber, stockNumbers } from '#store/numbers.ts'
import { OneOf, Optional } from '../fields.ts'
import { operation, type Means } from '../operation.ts'
import { Capabilities, numberTypes } from './number-view.ts'

const shown = (_: Means, { added }: { added: number }) => ({ added })

/** The operator adds numbers that accounts may buy. Known numbers are left as they are. */
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
      type: OneOf(numberTypes, 'Type of the numbers.'),
      state: Optional(Type.String({ maxLength: 100, description: 'State; empty where the country has none.' })),
      region: Optional(Type.String({ maxLength: 100, description: 'Region.' })),
      capabilities: Optional(Capabilities),
      priceMicro: Optional(Type.Integer({ minimum: 0, description: 'Price a month, in millionths of the currency.' })),
      currency: Optional(Type.String({ pattern: '^[A-Z]{3}$', description: 'ISO 4217.' })),
    },
    { additionalProperties: false },
  ),
  output: Type.Object({ added: Type.Integer() }),
  reasons: ['number.invalid'],
  creates: true,
  route: { method: 'POST', path: '/number-stock', status: 201 },
  async run(means, { numbers, type, state = '', region = '', capabilities, priceMicro = 0, currency = 'USD' }) {
    const { caller, nextId, clock } = means
    const parsed = numbers.map((text) => parsePhoneNumberFromString(text))
    const wrong = numbers.filter((_, index) => !parsed[index]?.isPossible())
    if (wrong.length > 0) refuseAll(wrong.map((number) => refusal('number.invalid', { number, parameter: 'numbers' })))
    const now = clock.nowMs()
    const rows = parsed.map((number) => ({
      ...freshNumber,
      id: nextId(),
      account_id: null,
      number: number!.number as string,
      form: 'e164',
      country: number!.country ?? 'ZZ',
      type,
      state,
      region,
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
