// When an extension last deleted of its call log: what was synchronised before must be had anew (CLG-104).

import { readFacet, setFacet } from '#store/facets.ts'
import { face } from './applications.ts'
import type { RingCentralKnock, Room } from './knock.ts'

const noun = 'call_log'

export async function markReset({ parts }: Room, knock: RingCentralKnock, userId: number): Promise<void> {
  const resetMs = parts.clock.nowMs()
  await parts.store.write(setFacet, {
    face,
    noun,
    id: userId,
    account_id: knock.target!.caller.account.id,
    data: JSON.stringify({ resetMs }),
    updated_ms: resetMs,
  })
}

/** 0: never. */
export const lastReset = async ({ parts }: Room, userId: number): Promise<number> =>
  (await readFacet<{ resetMs: number }>(parts.store, face, noun, userId))?.resetMs ?? 0
