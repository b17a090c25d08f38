// What a message or a call leaves outside its row: what went over the wire, and what webhooks told. Shown with it, and erased with it.

import { evidenceOf, evidenceRowsOf, eraseEvidence } from '#store/evidence.ts'
import { eraseAttempts } from '#store/personal-data.ts'
import type { Store } from '#store/store.ts'
import { webhookDeliveriesOf } from '#store/webhook-deliveries.ts'
import type { ShowMeans } from './personal-place.ts'

export type TracedNoun = 'messages' | 'calls'

/** `moments`: around which evidence of it is looked for. */
export async function shownTraces({ read, notes }: ShowMeans, noun: TracedNoun, id: number, moments: readonly number[]) {
  const evidence = await evidenceOf(notes, id, moments)
  const told = await webhookDeliveriesOf(read, noun, id)
  return {
    evidence: evidence.map(({ atMs, direction, protocol, bytes }) => ({
      atMs,
      direction,
      protocol,
      bytes: Buffer.from(bytes).toString('hex'),
    })),
    webhooks: told.map(({ url, method, body, state, happened_ms: happenedMs }) => ({ url, method, body, state, happenedMs })),
  }
}

/** Outside the store's commits: done once `store.noted()` is. */
export async function eraseTraces(store: Store, noun: TracedNoun, id: number, moments: readonly number[]): Promise<void> {
  const messageIds = [id]
  for (const rowId of await evidenceRowsOf(store.notes, messageIds, moments)) store.note(eraseEvidence, { id: rowId, messageIds })
  await eraseAttemptsOf(store, noun, id)
}

/** The requests of webhooks that told of it. */
export async function eraseAttemptsOf(store: Store, noun: string, id: number): Promise<void> {
  const told = await webhookDeliveriesOf(store, noun, id)
  if (told.length > 0) store.note(eraseAttempts, { deliveries: told.map(({ id: delivery }) => delivery) })
}
