import Type from 'typebox'
import { actorOf } from '#accounts/caller.ts'
import type { FirstOutcome } from '#messaging/messaging.ts'
import { Refusal, type Params } from '#reasons/refusal.ts'
import { acceptMessage, type Accepted } from '#store/accept-messages.ts'
import { Optional } from '../fields.ts'
import { operation, type Means } from '../operation.ts'
import { messageView, MessageView } from './message-view.ts'
import { refuseNotAccepted, sendProperties, sendReasons, wishOf } from './send-input.ts'

function shown(_: Means, accepted: Accepted & { number: string }) {
  if (!accepted.row) refuseNotAccepted(accepted.refused, accepted.number)
  return messageView(accepted.row)
}

/**
 * Accepted is durable: the answer leaves after the commit, and the message comes to exactly one end. `awaitMs` waits for
 * the first attempt and is refused with what it failed for, for faces whose clients expect to hear it at once.
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
    const accepted = await means.write(acceptMessage, { ...message, actor: actorOf(caller) })
    const { row } = accepted
    if (row && !means.replayed()) {
      const first = awaitMs > 0 && row.state === 'queued' ? messaging.firstOutcome(row.id, awaitMs) : undefined
      messaging.accepted([row])
      refuseFailed(await first)
    }
    return shown(means, { ...accepted, number: message.row.sender })
  },
  shown: (means, accepted: Accepted) => shown(means, { ...accepted, number: accepted.row?.sender ?? '' }),
})

function refuseFailed(first: FirstOutcome | undefined): void {
  if (first?.reason && first.state !== 'sent') throw new Refusal(first.reason, first.params as Params | undefined)
}
