import Type from 'typebox'
import { refuse } from '#reasons/refusal.ts'
import { readMessage, readMessageBatch, type MessageRow } from '#store/messages.ts'
import { Id } from '../fields.ts'
import { operation, type Means } from '../operation.ts'
import { messageView, MessageView } from './message-view.ts'
import { batchView, BatchView } from './send-batch.ts'

/** Gives resource.not_found. */
export async function requireMessage({ caller, read }: Means, id: number): Promise<MessageRow> {
  const row = await readMessage(read, caller.account.id, id)
  if (!row) refuse('resource.not_found', { noun: 'message', parameter: 'id' })
  return row
}

export const readMessageOperation = operation({
  name: 'messages.read',
  summary: 'Read a message',
  permission: 'messages.read',
  input: Type.Object({ id: Id('message') }, { additionalProperties: false }),
  output: MessageView,
  reasons: ['resource.not_found'],
  route: { method: 'GET', path: '/messages/{id}' },
  run: async (means, { id }) => messageView(await requireMessage(means, id)),
})

export const readMessageBatchOperation = operation({
  name: 'messages.read_batch',
  summary: 'Read a batch of messages',
  permission: 'messages.read',
  input: Type.Object({ id: Id('messageBatch') }, { additionalProperties: false }),
  output: BatchView,
  reasons: ['resource.not_found'],
  route: { method: 'GET', path: '/message-batches/{id}' },
  async run({ caller, read }, { id }) {
    const row = await readMessageBatch(read, caller.account.id, id)
    if (!row) refuse('resource.not_found', { noun: 'batch of messages', parameter: 'id' })
    return batchView(row)
  },
})
