// What this face alone keeps of an account: its webhooks and where recordings go. Kept as facets, secrets sealed.

import { actorOf } from '#accounts/caller.ts'
import { changeFacets, facetsOf } from '#store/facets.ts'
import { face } from './ids.ts'
import type { Visit } from './knock.ts'

export interface Kept<T> {
  readonly noun: string
  readonly id: number
  readonly data: T
}

/** Those of the caller's account whose noun begins so. */
export async function keptFacets<T>({ parts, caller }: Visit, prefix: string): Promise<Kept<T>[]> {
  const rows = await facetsOf(parts.store, face, caller.account.id)
  return rows
    .filter(({ noun }) => noun.startsWith(prefix))
    .map(({ noun, id, data }) => ({ noun, id, data: JSON.parse(data) as T }))
}

export async function keepFacets(
  { parts, caller }: Visit,
  put: readonly Kept<unknown>[],
  drop: readonly { noun: string; id: number }[] = [],
): Promise<number> {
  const { dropped } = await parts.store.write(changeFacets, {
    face,
    account: caller.account.id,
    put: put.map(({ noun, id, data }) => ({ noun, id, data: JSON.stringify(data) })),
    drop,
    actor: actorOf(caller),
    now: parts.clock.nowMs(),
  })
  return dropped
}
