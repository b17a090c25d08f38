import Type from 'typebox'
import { actFor } from '#accounts/act-for.ts'
import { actorOf } from '#accounts/caller.ts'
import { refuse } from '#reasons/refusal.ts'
import { moveNumbers } from '#store/move-accounts.ts'
import { Id } from '../fields.ts'
import { operation } from '../operation.ts'

/** Gives all numbers of one account to another. Applications, services and users that they pointed at stay behind. */
export const moveNumbersOperation = operation({
  name: 'numbers.move',
  summary: 'Give the numbers of an account to another',
  permission: 'operator',
  input: Type.Object({ from: Id('account'), to: Id('account') }, { additionalProperties: false }),
  output: Type.Object({ moved: Type.Integer({ description: 'How many.' }) }),
  reasons: ['resource.not_found', 'account.state_transition_invalid', 'number.occupied'],
  route: { method: 'POST', path: '/number-moves' },
  async run(means, { from, to }) {
    const { caller, read, clock } = means
    const holder = await actFor(read, caller, from)
    const taker = await actFor(read, caller, to)
    for (const { account } of [holder, taker])
      if (account.status === 'closed') refuse('account.state_transition_invalid', { from: 'closed', to: 'closed' })
    if (from === to) return { moved: 0 }
    const { taken, moved } = await means.write(moveNumbers, { from, to, actor: actorOf(caller), now: clock.nowMs() })
    if (taken) refuse('number.occupied', {})
    return { moved }
  },
})
