import Type from 'typebox'
import { refuse } from '#reasons/refusal.ts'
import { readNumber, readNumberByNumber } from '#store/numbers.ts'
import { Id } from '../fields.ts'
import { operation } from '../operation.ts'
import { e164 } from './number-input.ts'
import { NumberView, numberView } from './number-view.ts'

export const readNumberOperation = operation({
  name: 'numbers.read',
  summary: 'Read a number of the account',
  permission: 'numbers.read',
  input: Type.Object({ id: Id('number') }, { additionalProperties: false }),
  output: NumberView,
  reasons: ['number.not_found'],
  route: { method: 'GET', path: '/numbers/{id}' },
  async run({ caller, read, clock }, { id }) {
    const row = await readNumber(read, caller.account.id, id)
    if (!row) refuse('number.not_found', {})
    return numberView(row, clock.nowMs()) as never
  },
})

/** By its text. A number in stock is not_occupied, another account's not_owned: vendors tell these apart. */
export const findNumberOperation = operation({
  name: 'numbers.find',
  summary: 'Find a number of the account by its text',
  permission: 'numbers.read',
  input: Type.Object(
    { number: Type.String({ minLength: 1, maxLength: 64, description: 'The number, E.164.' }) },
    { additionalProperties: false },
  ),
  output: NumberView,
  reasons: ['number.invalid', 'number.not_found', 'number.not_occupied', 'number.not_owned'],
  route: { method: 'GET', path: '/numbers/by-number/{number}' },
  async run({ caller, read, clock }, { number }) {
    const row = await readNumberByNumber(read, e164(number))
    if (!row) refuse('number.not_found', { number })
    if (row.account_id === null) refuse('number.not_occupied', { number })
    if (row.account_id !== caller.account.id) refuse('number.not_owned', { number })
    return numberView(row, clock.nowMs()) as never
  },
})
