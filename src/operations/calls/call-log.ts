// The log that a user has of their own calls. What is deleted from it stays in the account's list.

import Type from 'typebox'
import { actorOf } from '#accounts/caller.ts'
import { refuse } from '#reasons/refusal.ts'
import { callsSince, hideCalls } from '#store/call-logs.ts'
import { readCall } from '#store/calls.ts'
import { logEnd } from '#store/mailbox.ts'
import { QueryTooSlow } from '#store/store-errors.ts'
import { readUser } from '#store/users.ts'
import { Id, Moment, OneOf, Optional } from '../fields.ts'
import { operation, type Means } from '../operation.ts'
import { callView, CallView } from './call-view.ts'

/** Gives account.user_unknown. */
async function requireUser({ caller, read }: Means, id: number): Promise<void> {
  if ((await readUser(read, id))?.account_id !== caller.account.id) refuse('account.user_unknown')
}

export const deleteCallLogOperation = operation({
  name: 'call_logs.delete',
  summary: "Delete a user's log of calls",
  permission: 'calls.write',
  input: Type.Object(
    {
      user: Id('user'),
      until: Optional(Moment('Only calls that began before this moment.')),
      direction: Optional(OneOf(['out', 'in'], 'Only calls of this direction.')),
      party: Optional(Type.String({ maxLength: 512, description: 'Only calls from or to this one, exactly.' })),
    },
    { additionalProperties: false },
  ),
  output: Type.Object({ hidden: Type.Integer({ description: 'How many calls were deleted; those that are up stay.' }) }),
  reasons: ['account.user_unknown'],
  route: { method: 'DELETE', path: '/users/{user}/calls' },
  async run(means, { user, until, direction = null, party = null }) {
    await requireUser(means, user)
    const { caller, clock } = means
    const now = clock.nowMs()
    const narrow = { until: until ?? now + 1, direction, party }
    return means.write(hideCalls, { account: caller.account.id, user, ...narrow, actor: actorOf(caller), now })
  },
})

/** More than these in one go are not told one by one. */
const changesAtMost = 1000

export const callChangesOperation = operation({
  name: 'calls.changes',
  summary: 'What calls began, ended or changed since the last time',
  permission: 'calls.read',
  input: Type.Object(
    {
      user: Optional(Id('user', 'Only calls of this user.')),
      since: Optional(
        Type.String({
          pattern: '^[0-9]{1,20}:-?[0-9]{1,16}$',
          description: 'The cursor of the last time. Without it, only a cursor is given.',
        }),
      ),
    },
    { additionalProperties: false },
  ),
  output: Type.Object({
    items: Type.Array(CallView, { description: 'Newest first; as they are now.' }),
    cursor: Type.String({ description: 'For the next time. What is told then may repeat what is told now.' }),
  }),
  reasons: ['account.user_unknown', 'call_log.sync_token_invalid'],
  route: { method: 'GET', path: '/calls/changes' },
  async run(means, { user, since }) {
    if (user !== undefined) await requireUser(means, user)
    const { caller, slow } = means
    // Before the rows are read: what comes in between is told twice rather than never.
    const cursor = await logEnd(slow)
    if (since === undefined) return { items: [], cursor }
    const ids = await changesSince(means, user, since)
    const rows = await Promise.all(ids.map((id) => readCall(slow, caller.account.id, id)))
    return { items: rows.flatMap((row) => (row ? [callView(row)] : [])), cursor }
  },
})

/** Gives call_log.sync_token_invalid. */
async function changesSince({ slow, caller }: Means, user: number | undefined, cursor: string): Promise<number[]> {
  try {
    const ids = await callsSince(slow, { account: caller.account.id, user, cursor, limit: changesAtMost + 1 })
    if (!ids) refuse('call_log.sync_token_invalid', { fault: 'malformed' })
    if (ids.length > changesAtMost) refuse('call_log.sync_token_invalid', { fault: 'too_many_changes' })
    return ids
  } catch (error) {
    // So much has happened in the account that listing all anew is the shorter way.
    if (error instanceof QueryTooSlow) refuse('call_log.sync_token_invalid', { fault: 'too_many_changes' })
    throw error
  }
}
