import Type from 'typebox'
import { actFor } from '#accounts/act-for.ts'
import { actorOf } from '#accounts/caller.ts'
import { refuse } from '#reasons/refusal.ts'
import { moveAccount } from '#store/move-accounts.ts'
import { Id } from '../fields.ts'
import { operation } from '../operation.ts'
import { AccountView } from './account-view.ts'
import { maxAccountDepth, viewOfRow } from './create-account.ts'

/** Puts an account, with all below it, below another: its settings and status are inherited from there afterwards. */
export const moveAccountOperation = operation({
  name: 'accounts.move',
  summary: 'Move an account below another',
  permission: 'operator',
  input: Type.Object(
    { id: Id('account'), parentId: Id('account', 'The account that it goes below.') },
    { additionalProperties: false },
  ),
  output: AccountView,
  reasons: [
    'resource.not_found',
    'account.state_transition_invalid',
    'account.depth_exceeded',
    'resource.value_not_unique',
    'resource.conflict',
  ],
  route: { method: 'POST', path: '/accounts/{id}/move' },
  async run(means, { id, parentId }) {
    const { caller, read, clock } = means
    const { account } = await actFor(read, caller, id)
    const { account: above } = await actFor(read, caller, parentId)
    for (const { status } of [account, above])
      if (status === 'closed') refuse('account.state_transition_invalid', { from: status, to: status })
    const moved = await means.write(moveAccount, {
      id,
      parentId,
      maxDepth: maxAccountDepth,
      actor: actorOf(caller),
      now: clock.nowMs(),
    })
    if (moved.refused === null) return viewOfRow(means, moved.row)
    if (moved.refused === 'depth') refuse('account.depth_exceeded', { limit: maxAccountDepth })
    if (moved.refused === 'login') refuse('resource.value_not_unique', { parameter: 'login' })
    if (moved.refused === 'number') refuse('resource.value_not_unique', { parameter: 'number' })
    return refuse('resource.conflict', { noun: 'account' })
  },
})
