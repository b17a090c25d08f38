import Type from 'typebox'
import { actFor } from '#accounts/act-for.ts'
import { actorOf } from '#accounts/caller.ts'
import { refuse } from '#reasons/refusal.ts'
import { closeAccount } from '#store/accounts.ts'
import { Id } from '../fields.ts'
import { operation } from '../operation.ts'
import { AccountView } from './account-view.ts'
import { viewOfRow } from './create-account.ts'

/** Closes an account below one's own, with all below it, for good: numbers go back to stock, tokens end, keys open nothing any more. */
export const closeAccountOperation = operation({
  name: 'accounts.close',
  summary: 'Close an account for good',
  permission: 'accounts.write',
  input: Type.Object({ id: Id('account') }, { additionalProperties: false }),
  output: AccountView,
  reasons: ['resource.not_found', 'account.state_transition_invalid', 'permission.denied'],
  route: { method: 'DELETE', path: '/accounts/{id}' },
  async run(means, { id }) {
    const { caller, read, clock } = means
    const { account } = await actFor(read, caller, id)
    if (account.id === caller.home.id) refuse('permission.denied', { permission: 'status' })
    if (account.ownStatus === 'closed') refuse('account.state_transition_invalid', { from: 'closed', to: 'closed' })
    const row = await means.write(closeAccount, { id, path: account.path, actor: actorOf(caller), now: clock.nowMs() })
    return viewOfRow(means, row!)
  },
})
