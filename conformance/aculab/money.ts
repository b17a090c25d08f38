// What the scenarios about money share: what calls cost, and how much the sandbox account has left for them.

import assert from 'node:assert/strict'
import type { World } from '../scenario.ts'

/** A cent a second, and as much is paid ahead as six seconds cost. */
export const sixSecondsAhead = { env: { OFFHOOK_CALL_HOLD_SECONDS: '6' } } as const
export const sixSecondsMicros = 60_000

export async function payACentASecond(world: World): Promise<void> {
  const csv = 'service,direction,prefix,price,per,first,next\ncall,in,,0.01,1,1,1'
  const deck = await world.operatorApi('POST', '/rate-decks', { name: 'by-the-second', currency: 'USD', csv })
  assert.equal(deck.status, 201, deck.text)
  const { accountId } = (await world.api('GET', '/whoami')).json
  const done = await world.operatorApi('PUT', `/accounts/${accountId}/rate-deck`, { deckId: deck.json.id })
  assert.equal(done.status, 200, done.text)
}

/** The operator takes all that is there but this. */
export async function leave(world: World, micros: number): Promise<void> {
  const { accountId, availableMicro, currency } = (await world.api('GET', '/balance')).json
  const taken = { accountId, kind: 'withdrawal', amountMicro: availableMicro - micros, currency }
  const answer = await world.operatorApi('POST', '/credit-transfers', taken)
  assert.equal(answer.status, 201, answer.text)
}
