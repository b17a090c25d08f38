// What may still be done to a message: call it back before it is sent, take its text away, delete it.

import Type from 'typebox'
import { actorOf } from '#accounts/caller.ts'
import { refuse } from '#reasons/refusal.ts'
import {
  deleteMessage,
  listBatchMessages,
  noteOutcome,
  readMessage,
  readMessageBatch,
  redactMessage,
  type MessageRow,
} from '#store/messages.ts'
import { Done, Id, Moment, OneOf, Optional } from '../fields.ts'
import { operation, otherNodeReasons, type Means } from '../operation.ts'
import { messageView, MessageView } from './message-view.ts'

const One = Type.Object({ id: Id('message') }, { additionalProperties: false })
function notFound(): never {
  refuse('resource.not_found', { noun: 'message', parameter: 'id' })
}

const askOf = ({ caller, clock }: Means, id: number) => ({
  account: caller.account.id,
  id,
  actor: actorOf(caller),
  now: clock.nowMs(),
})

export const cancelMessageOperation = operation({
  name: 'messages.cancel',
  summary: 'Cancel a message that is not sent yet',
  permission: 'messages.write',
  input: One,
  output: MessageView,
  reasons: ['resource.not_found', 'message.state_invalid', ...otherNodeReasons],
  route: { method: 'POST', path: '/messages/{id}/cancel' },
  async runsOn(means, { id }) {
    const row = await readMessage(means.read, means.caller.account.id, id)
    return row && nodeSending(means, row)
  },
  async run(means, { id }) {
    const done = await cancelOne(means, (await readMessage(means.read, means.caller.account.id, id)) ?? notFound())
    // The network is about to take it, or has: what is told now would be a lie in a moment.
    if (done === undefined) refuse('message.state_invalid', { state: 'being sent' })
    if (!done) notFound()
    if ('state' in done) refuse('message.state_invalid', { state: done.state })
    return messageView(done.row)
  },
})

/** The other node that alone may be sending it. */
const nodeSending = async ({ carriers }: Means, { ended_ms: endedMs, carrier_id: carrierId }: MessageRow) =>
  endedMs === null && carrierId !== null ? carriers.nodeOf(carrierId) : undefined

/** Undefined when it is being sent at this moment, or is another node's to cancel. */
const cancelOne = (means: Means, row: MessageRow) => means.messaging.cancel(row, askOf(means, row.id))

/** Whether it led to what it was sent for, as its sender measured: kept in its timeline, and told as an event. */
export const noteOutcomeOperation = operation({
  name: 'messages.note_outcome',
  summary: 'Note what a message led to',
  permission: 'messages.write',
  input: Type.Object(
    {
      id: Id('message'),
      outcome: OneOf(['success', 'failure'], 'Whether it led to what it was sent for.'),
      measuredAt: Optional(Moment('When that was known; now unless told.')),
    },
    { additionalProperties: false },
  ),
  output: Done,
  reasons: ['resource.not_found'],
  route: { method: 'POST', path: '/messages/{id}/outcome' },
  async run(means, { id, outcome, measuredAt }) {
    const ask = askOf(means, id)
    const { noted } = await means.write(noteOutcome, { ...ask, outcome, measuredMs: measuredAt ?? ask.now })
    if (!noted) notFound()
    return { done: true }
  },
})

const cancelledAtMost = 10_000

export const cancelBatchOperation = operation({
  name: 'messages.cancel_batch',
  summary: 'Cancel the messages of a batch that are not sent yet',
  permission: 'messages.write',
  input: Type.Object({ id: Id('messageBatch') }, { additionalProperties: false }),
  output: Type.Object({ canceled: Type.Integer({ description: 'How many were.' }) }),
  reasons: ['resource.not_found', ...otherNodeReasons],
  route: { method: 'POST', path: '/message-batches/{id}/cancel' },
  async alsoOn(means, { id }) {
    const nodes = new Map<number, string | undefined>()
    for (const row of await openOfBatch(means, id)) {
      if (row.carrier_id !== null && !nodes.has(row.carrier_id)) nodes.set(row.carrier_id, await nodeSending(means, row))
    }
    return [...new Set(nodes.values())].filter((node) => node !== undefined)
  },
  joined: (outputs) => ({ canceled: outputs.reduce((sum, { canceled }) => sum + canceled, 0) }),
  async run(means, { id }) {
    let canceled = 0
    for (const row of await openOfBatch(means, id)) {
      const done = await cancelOne(means, row)
      if (done && 'row' in done) canceled += 1
    }
    return { canceled }
  },
})

async function openOfBatch({ caller, read }: Means, id: number): Promise<MessageRow[]> {
  if (!(await readMessageBatch(read, caller.account.id, id)))
    refuse('resource.not_found', { noun: 'batch of messages', parameter: 'id' })
  const rows = await listBatchMessages(read, { scope: id, limit: cancelledAtMost })
  return rows.filter(({ ended_ms: endedMs }) => endedMs === null)
}

export const redactMessageOperation = operation({
  name: 'messages.redact',
  summary: "Take a message's text away",
  permission: 'messages.write',
  input: One,
  output: MessageView,
  reasons: ['resource.not_found', 'message.state_invalid'],
  route: { method: 'POST', path: '/messages/{id}/redact' },
  async run(means, { id }) {
    const done = await means.write(redactMessage, askOf(means, id))
    if (!done) notFound()
    if ('open' in done) refuse('message.state_invalid', { state: done.open })
    return messageView(done.row)
  },
})

export const deleteMessageOperation = operation({
  name: 'messages.delete',
  summary: 'Delete a message',
  permission: 'messages.write',
  input: One,
  output: Done,
  reasons: ['resource.not_found', 'message.state_invalid'],
  route: { method: 'DELETE', path: '/messages/{id}', status: 204 },
  async run(means, { id }) {
    const done = await means.write(deleteMessage, askOf(means, id))
    if (!done) notFound()
    if ('open' in done) refuse('message.state_invalid', { state: done.open })
    return { done: true }
  },
})
