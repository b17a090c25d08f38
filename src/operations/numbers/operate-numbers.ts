// What the operator does with any number, whoever owns it: blocking it, setting its term, and with the stock: what is for
// sale, and for how much.

import Type from 'typebox'
import { actorOf } from '#accounts/caller.ts'
import { refuse } from '#reasons/refusal.ts'
import { blockNumber, offerNumber, setNumberTerm } from '#store/number-lives.ts'
import type { NumberRow } from '#store/numbers.ts'
import { Moment, Optional } from '../fields.ts'
import { operation, type Means } from '../operation.ts'
import { e164 } from './number-input.ts'
import { numberView, NumberView } from './number-view.ts'

const number = Type.String({ minLength: 1, maxLength: 64, description: 'The number, E.164.' })
const named = Type.Object({ number }, { additionalProperties: false })

/** Gives number.not_found, and `state` where the number is in the wrong hands. */
function changed(
  { clock }: Means,
  text: string,
  done: NumberRow | { refused: 'gone' | 'state' },
  state: 'number.occupied' | 'number.not_occupied',
) {
  if (!('refused' in done)) return numberView(done, clock.nowMs()) as never
  if (done.refused === 'gone') refuse('number.not_found', { number: text })
  refuse(state, { number: text })
}

const by = ({ caller, clock }: Means) => ({ operatorId: caller.account.id, actor: actorOf(caller), now: clock.nowMs() })

/** A blocked number serves nobody and cannot be bought. */
export const blockNumberOperation = operation({
  name: 'numbers.block',
  summary: 'Block a number',
  permission: 'operator',
  input: named,
  output: NumberView,
  reasons: ['number.invalid', 'number.not_found'],
  route: { method: 'PUT', path: '/number-blocks/{number}' },
  async run(means, { number: text }) {
    const done = await means.write(blockNumber, { number: e164(text), blocked: true, ...by(means) })
    return changed(means, text, done, 'number.occupied')
  },
})

export const unblockNumberOperation = operation({
  name: 'numbers.unblock',
  summary: 'Lift the block of a number',
  permission: 'operator',
  input: named,
  output: NumberView,
  reasons: ['number.invalid', 'number.not_found'],
  route: { method: 'DELETE', path: '/number-blocks/{number}' },
  async run(means, { number: text }) {
    const done = await means.write(blockNumber, { number: e164(text), blocked: false, ...by(means) })
    return changed(means, text, done, 'number.occupied')
  },
})

export const offerNumberOperation = operation({
  name: 'numbers.offer',
  summary: 'Set whether a number of the stock is for sale, and for how much',
  permission: 'operator',
  input: Type.Object(
    {
      number,
      forSale: Optional(Type.Boolean({ description: 'Whether it may be bought.' })),
      priceMicro: Optional(Type.Integer({ minimum: 0, description: 'Price a month, in millionths of the currency.' })),
    },
    { additionalProperties: false },
  ),
  output: NumberView,
  reasons: ['number.invalid', 'number.not_found', 'number.occupied'],
  route: { method: 'PATCH', path: '/number-stock/{number}' },
  async run(means, { number: text, forSale, priceMicro }) {
    const done = await means.write(offerNumber, { number: e164(text), forSale, price_micro: priceMicro, ...by(means) })
    return changed(means, text, done, 'number.occupied')
  },
})

/** A moment that has passed ends the term at once; its owner may renew it for a while. Nothing is charged. */
export const setNumberTermOperation = operation({
  name: 'numbers.setTerm',
  summary: 'Set when the term of an owned number is over',
  permission: 'operator',
  input: Type.Object(
    { number, expiresAt: Type.Union([Moment('When it is over.'), Type.Null()]) },
    { additionalProperties: false },
  ),
  output: NumberView,
  reasons: ['number.invalid', 'number.not_found', 'number.not_occupied'],
  route: { method: 'PUT', path: '/number-terms/{number}' },
  async run(means, { number: text, expiresAt }) {
    const done = await means.write(setNumberTerm, { number: e164(text), expires_ms: expiresAt, ...by(means) })
    return changed(means, text, done, 'number.not_occupied')
  },
})
