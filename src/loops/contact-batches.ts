// Does the batches of contacts, oldest first, in steps small enough that no request waits long behind one. A step that
// was done before a crash is not done again: see stepBatch.

import { contactIds } from '#store/contacts.ts'
import {
  failBatch,
  nextBatch,
  stepBatch,
  type BatchInput,
  type BatchKind,
  type BatchStep,
  type ContactBatchRow,
} from '#store/contact-batches.ts'
import { groupMembers } from '#store/contact-groups.ts'
import type { Actor } from '#store/happenings.ts'
import type { NextId } from '#values/ids.ts'
import type { Loop, LoopParts } from './loop.ts'

export interface ContactBatchParts extends LoopParts {
  readonly nextId: NextId
}

const perStep = 100
/** Steps of one run; the next run goes on. */
const stepsAtMost = 50

type Work = Pick<BatchStep, 'to' | 'last' | 'contacts' | 'ids' | 'groups' | 'from' | 'into'>

export const contactBatchesLoop: Loop<ContactBatchParts> = {
  name: 'contact-batches',
  everyMs: 250,
  async do(parts) {
    const { store, clock } = parts
    let steps = 0
    while (steps < stepsAtMost) {
      const batch = await nextBatch(store)
      if (!batch) break
      const { id, account_id: account } = batch
      const actor = JSON.parse(batch.actor) as Actor
      let input: BatchInput
      try {
        input = JSON.parse(batch.input) as BatchInput
      } catch {
        await store.write(failBatch, { id, account, actor, now: clock.nowMs() })
        continue
      }
      for (let cursor = batch.cursor; steps < stepsAtMost;) {
        const work = await workOf(parts, batch, input, cursor)
        steps += 1
        const done = await store.write(stepBatch, {
          id,
          account,
          kind: batch.kind as BatchKind,
          cursor,
          ...work,
          actor,
          now: clock.nowMs(),
        })
        if (!done || work.last) break
        cursor = work.to
      }
    }
    return steps
  },
}

async function workOf(
  { store, nextId }: ContactBatchParts,
  batch: ContactBatchRow,
  input: BatchInput,
  cursor: number,
): Promise<Work> {
  const { account_id: account, kind } = batch
  if (kind === 'create') {
    const rows = input.contacts ?? []
    const contacts = rows.slice(cursor, cursor + perStep).map((fields) => ({ id: nextId(), fields }))
    return { to: cursor + contacts.length, last: cursor + contacts.length >= rows.length, contacts, groups: input.groups ?? [] }
  }
  if (kind === 'copy' || kind === 'move') {
    const ids = await groupMembers(store, input.from!, cursor, perStep)
    return { to: ids.at(-1) ?? cursor, last: ids.length < perStep, ids, from: input.from!, into: input.to! }
  }
  if (input.all) {
    const ids = await contactIds(store, account, cursor, perStep)
    return { to: ids.at(-1) ?? cursor, last: ids.length < perStep, ids }
  }
  const all = (kind === 'delete_groups' ? input.groups : input.ids) ?? []
  const ids = all.slice(cursor, cursor + perStep)
  return { to: cursor + ids.length, last: cursor + ids.length >= all.length, ids }
}
