// A received message whose number leads nowhere: the message keeps why, and so do the refusals of its account, by one error
// id. Telling it again changes nothing.

import type { Refusal } from '#reasons/refusal.ts'
import type { MessageRow } from '#store/messages.ts'
import { noteRefusal, refusalOfEnd } from '#store/refusals.ts'
import type { Store } from '#store/store.ts'
import { noteUnservedMessage } from '#store/unserved-messages.ts'
import type { Clock } from '#values/clock.ts'

export async function noteUnserved(store: Store, clock: Clock, row: MessageRow, refusal: Refusal): Promise<void> {
  const { reason, params } = refusal
  const now = clock.nowMs()
  const told = JSON.stringify(params)
  const errorId = await store.write(noteUnservedMessage, {
    id: row.id,
    reason,
    params: told,
    errorId: crypto.randomUUID(),
    now,
  })
  if (errorId === null) return
  store.note(noteRefusal, refusalOfEnd(row, { errorId, reason, params: told, atMs: row.created_ms }))
}
