import Type from 'typebox'
import { actorOf } from '#accounts/caller.ts'
import { refuse } from '#reasons/refusal.ts'
import { releaseNumber } from '#store/numbers.ts'
import { Done, Id } from '../fields.ts'
import { operation } from '../operation.ts'

/** An E.164 number goes back to stock; a SIP number or pattern is gone. */
export const releaseNumberOperation = operation({
  name: 'numbers.release',
  summary: 'Give a number back',
  permission: 'numbers.write',
  input: Type.Object({ id: Id('number') }, { additionalProperties: false }),
  output: Done,
  reasons: ['number.not_found'],
  route: { method: 'DELETE', path: '/numbers/{id}' },
  async run(means, { id }) {
    const { caller, clock } = means
    const { released } = await means.write(releaseNumber, { id, account: caller.account.id, actor: actorOf(caller), now: clock.nowMs() })
    if (!released) refuse('number.not_found', {})
    return { done: true }
  },
})
