import Type from 'typebox'
import { actorOf } from '#accounts/caller.ts'
import { refuse } from '#reasons/refusal.ts'
import { removeOptOut } from '#store/opt-outs.ts'
import { Done } from '../fields.ts'
import { e164 } from '../numbers/number-input.ts'
import { operation } from '../operation.ts'
import { Recipient, Sender, senderOf } from './opt-out-view.ts'

/** For who said so by another way than a message: the account answers for it, and the log says who lifted it. */
export const deleteOptOutOperation = operation({
  name: 'opt_outs.delete',
  summary: 'Note that somebody wants messages again',
  permission: 'messages.write',
  input: Type.Object({ to: Recipient, from: Sender }, { additionalProperties: false }),
  output: Done,
  reasons: ['number.invalid', 'message.sender_invalid', 'resource.not_found'],
  route: { method: 'DELETE', path: '/opt-outs/{to}/{from}' },
  async run(means, { to, from }) {
    const { caller, clock } = means
    const { lifted } = await means.write(removeOptOut, {
      account: caller.account.id,
      recipient: e164(to),
      sender: senderOf(from),
      origin: 'api',
      actor: actorOf(caller),
      now: clock.nowMs(),
    })
    if (lifted === 0) refuse('resource.not_found', { noun: 'opt-out' })
    return { done: true }
  },
})
