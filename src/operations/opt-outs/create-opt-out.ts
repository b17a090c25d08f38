import Type from 'typebox'
import { actorOf } from '#accounts/caller.ts'
import { createOptOut, everySender, type OptOutRow } from '#store/opt-outs.ts'
import { Optional } from '../fields.ts'
import { e164 } from '../numbers/number-input.ts'
import { operation, type Means } from '../operation.ts'
import { optOutView, OptOutView, Recipient, Sender, senderOf } from './opt-out-view.ts'

const shown = (_: Means, { row }: { row: OptOutRow }) => optOutView(row)

/** One that stands already stays as it is. */
export const createOptOutOperation = operation({
  name: 'opt_outs.create',
  summary: 'Note that somebody wants no messages',
  permission: 'messages.write',
  input: Type.Object({ to: Recipient, from: Optional(Sender) }, { additionalProperties: false }),
  output: OptOutView,
  reasons: ['number.invalid', 'message.sender_invalid'],
  creates: true,
  route: { method: 'POST', path: '/opt-outs', status: 201 },
  async run(means, { to, from }) {
    const { caller, clock } = means
    const written = await means.write(createOptOut, {
      account: caller.account.id,
      recipient: e164(to),
      sender: from === undefined ? everySender : senderOf(from),
      origin: 'api',
      actor: actorOf(caller),
      now: clock.nowMs(),
    })
    return shown(means, written)
  },
  shown,
})
