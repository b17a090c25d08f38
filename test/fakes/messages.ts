// A message put into a store as a test wants it, without a word in the log.

import { insertMessage } from '#store/accept-messages.ts'
import { freshMessage, type MessageRow } from '#store/messages.ts'
import { bind, statement } from '#store/statement.ts'
import { defineWrite, type Store } from '#store/store.ts'

/** Known to the stores of tests: see store-writes.ts. */
export const putMessage = defineWrite('test.put_message', async (tx, row: MessageRow): Promise<null> => {
  await tx.run(insertMessage, row)
  return null
})

export async function insertedMessage(
  store: Store,
  row: Partial<MessageRow> & Pick<MessageRow, 'id' | 'account_id'>,
): Promise<MessageRow> {
  const whole: MessageRow = {
    ...freshMessage,
    direction: 'out',
    kind: 'sms',
    face: 'api',
    sender: '+15550009999',
    recipient: '+15550001111',
    body: 'hello',
    coding: 'gsm7',
    segments: 1,
    state: 'queued',
    report: 1,
    currency: 'USD',
    created_ms: 1,
    updated_ms: 1,
    ...row,
  }
  await store.write(putMessage, whole)
  return whole
}

interface TestSegment {
  readonly carrier: number
  readonly ref: string
  readonly at_ms: number
}

const insertSegment = statement<TestSegment>((db) =>
  db.insertInto('message_segments').values({
    carrier_id: bind('carrier'),
    ref: bind('ref'),
    message_id: 1,
    segment: 0,
    state: 'sent',
    cause: null,
    raw_ref: '',
    at_ms: bind('at_ms'),
  }),
)

export const putTestSegment = defineWrite('test.put_segment', async (tx, segment: TestSegment): Promise<null> => {
  await tx.run(insertSegment, segment)
  return null
})

export const putSegment = (store: Store, segment: TestSegment) => store.write(putTestSegment, segment)
