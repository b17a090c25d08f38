import Type from 'typebox'
import { actorOf } from '#accounts/caller.ts'
import type { FirstOutcome } from '#messaging/messaging.ts'
import { refusal } from '#reasons/refusal.ts'
import type { Slug } from '#reasons/catalogue.ts'
import { acceptMessage, type Accepted } from '#store/accept-messages.ts'
import { readMessageById } from '#store/messages.ts'
import { Optional } from '../fields.ts'
import { operation, type Means } from '../operation.ts'
import { messageView, MessageView } from './message-view.ts'
import { refuseNotAccepted, sendProperties, sendReasons, wishOf } from './send-input.ts'

/** `awaited`: whoever asked waited for the first attempt. */
type Shown = Accepted & { readonly awaited?: boolean }

/** Who waited is not told again that it was accepted, once it has failed. */
async function shown({ read, replayed }: Means, number: string, accepted: Shown) {
  if (!accepted.row) refuseNotAccepted(accepted.refused, number)
  const { row } = accepted
  if (!accepted.awaited || !replayed()) return messageView(row)
  const now = await readMessageById(read, row.id)
  if (now?.state === 'failed') throw refusal(now.reason as Slug, (now.params === null ? {} : JSON.parse(now.params)) as never)
  return messageView(now ?? row)
}

/**
 * Accepted is durable: the answer leaves after the commit, and the message comes to exactly one end. `awaitMs` waits for
 * the first attempt and, where the message ends with it, is refused with what it failed for: for faces whose clients expect
 * to hear it at once. One that is tried again is accepted.
 */
export const sendMessageOperation = operation({
  name: 'messages.send',
  summary: 'Send a message',
  permission: 'messages.write',
  input: Type.Object(
    { ...sendProperties, awaitMs: Optional(Type.Integer({ minimum: 0, maximum: 60_000, 'x-hidden': true })) },
    { additionalProperties: false },
  ),
  output: MessageView,
  reasons: sendReasons,
  creates: true,
  route: { method: 'POST', path: '/messages', status: 201 },
  async run(means, { awaitMs = 0, ...input }) {
    const { caller, messaging } = means
    const admitted = await messaging.admission.admit(caller, await wishOf(means, input))
    const { failed: _, ...message } = admitted
    const accept = { ...message, actor: actorOf(caller) }
    const accepted: Shown =
      awaitMs > 0 ? await means.write(acceptMessage, accept, { awaited: true }) : await means.write(acceptMessage, accept)
    const { row } = accepted
    if (row && !means.replayed()) {
      const first = awaitMs > 0 && row.state === 'queued' ? messaging.firstOutcome(row.id, awaitMs) : undefined
      messaging.accepted([row])
      refuseFailed(await first)
    }
    return shown(means, message.row.sender, accepted)
  },
  shown: (means, accepted: Shown) => shown(means, accepted.row?.sender ?? '', accepted),
})

function refuseFailed(first: FirstOutcome | undefined): void {
  if (first?.reason && first.state !== 'sent' && first.state !== 'retried')
    throw refusal(first.reason, (first.params ?? {}) as never)
}
