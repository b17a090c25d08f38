// Does the erasures, oldest first, a step at a time: a part of a place, then the place and the cursor in a commit of their
// own. A step that was done and not noted is done again, and finds nothing more.

import type { Loop, LoopParts } from '#loops/loop.ts'
import { nextErasure, stepErasure, type ErasureRow } from '#store/erasures.ts'
import type { Actor } from '#store/happenings.ts'
import type { Key } from '#values/secrets.ts'
import { PersonHashes } from './opt-outs.ts'
import { placesOf } from './personal-data.ts'
import type { EraseMeans, Person } from './personal-place.ts'

export interface ErasureParts extends LoopParts {
  readonly key: Key
  readonly cancelMessage: EraseMeans['cancelMessage']
  readonly recordings?: EraseMeans['recordings']
}

/** Of one run; the next goes on. */
const stepsAtMost = 100

/** One that has just been asked for. */
export function newErasure(ask: {
  id: number
  account: number
  person: Person
  actor: Actor
  key: Key
  nowMs: number
}): ErasureRow {
  const { id, account, person, actor, key, nowMs } = ask
  return {
    id,
    account_id: account,
    kind: person.kind,
    person_sealed: key.seal(person.value),
    person_hash: new PersonHashes(key).of(account, person.value),
    status: 'queued',
    place: placesOf(person.kind)[0]!.name,
    cursor: -1,
    erased: 0,
    actor: JSON.stringify(actor),
    created_ms: nowMs,
    updated_ms: nowMs,
  }
}

export const erasuresLoop: Loop<ErasureParts> = {
  name: 'erasures',
  everyMs: 1000,
  async do(parts) {
    let done = 0
    // One that must wait, for a message that is on its way, does not hold up those behind it.
    for (let after = -1; done < stepsAtMost;) {
      const row = await nextErasure(parts.store, after)
      if (!row) break
      after = row.id
      done += await work(parts, row, stepsAtMost - done)
    }
    return done
  },
}

async function work(
  { store, clock, key, cancelMessage, recordings }: ErasureParts,
  first: ErasureRow,
  atMost: number,
): Promise<number> {
  const person: Person = { kind: first.kind as Person['kind'], value: key.open(first.person_sealed) }
  const places = placesOf(person.kind)
  let row = first
  for (let steps = 0; steps < atMost; steps += 1) {
    const at = Math.max(
      0,
      places.findIndex(({ name }) => name === row.place),
    )
    const place = places[at]!
    const deed = {
      account: row.account_id,
      person,
      hash: row.person_hash,
      actor: JSON.parse(row.actor) as Actor,
      now: clock.nowMs(),
    }
    const { erased, next } = await place.erase({ store, cancelMessage, recordings }, deed, row.cursor)
    const again = next === 'again'
    const to = again
      ? { place: place.name, cursor: row.cursor }
      : next !== null
        ? { place: place.name, cursor: next }
        : { place: places[at + 1]?.name ?? place.name, cursor: -1 }
    const last = next === null && at === places.length - 1
    const moved = await store.write(stepErasure, { row, ...to, erased, last, now: clock.nowMs() })
    if (!moved || last || again) return steps + 1
    row = { ...first, ...to, erased: row.erased + erased, status: 'running' }
  }
  return atMost
}
