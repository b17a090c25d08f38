import Type from 'typebox'
import { actorOf } from '#accounts/caller.ts'
import { refuse } from '#reasons/refusal.ts'
import { releaseNumber } from '#store/numbers.ts'
import { Done, Id, Optional } from '../fields.ts'
import { operation } from '../operation.ts'

/** An E.164 number goes back to stock; a SIP number or pattern is gone. */
export const releaseNumberOperation = operation({
  name: 'numbers.release',
  summary: 'Give a number back',
  permission: 'numbers.write',
  input: Type.Object(
    {
      id: Id('number'),
      unsubscribedOnly: Optional(Type.Boolean({ 'x-hidden': true, description: 'Keep a number that a service uses.' })),
    },
    { additionalProperties: false },
  ),
  output: Done,
  reasons: ['number.not_found', 'number.subscribed_elsewhere'],
  route: { method: 'DELETE', path: '/numbers/{id}' },
  async run(means, { id, unsubscribedOnly = false }) {
    const { caller, clock } = means
    const input = { id, account: caller.account.id, unsubscribedOnly, actor: actorOf(caller), now: clock.nowMs() }
    const { released, service } = await means.write(releaseNumber, input)
    if (service !== null) refuse('number.subscribed_elsewhere', { service })
    if (!released) refuse('number.not_found', {})
    return { done: true }
  },
})
