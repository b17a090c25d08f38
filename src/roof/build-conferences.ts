// What of voice is kept without a call being placed: the conferences of this node, and recordings.

import type { Journal } from '#journal/journal.ts'
import type { Store } from '#store/store.ts'
import type { Clock } from '#values/clock.ts'
import type { NextId } from '#values/ids.ts'
import type { Key } from '#values/secrets.ts'
import { Conferences } from '#voice/conferences.ts'
import { Recordings } from '#voice/recordings.ts'

export interface ConferencesGround {
  readonly store: Store
  readonly clock: Clock
  readonly nextId: NextId
  readonly key: Key
  readonly journal: Pick<Journal, 'faultFound'>
  readonly dataDir: string
  readonly publicUrl: () => string
  readonly node: string
}

export interface ConferencesBuilt {
  readonly conferences: Conferences
  readonly recordings: Recordings
}

export function buildConferences({ journal, ...ground }: ConferencesGround): ConferencesBuilt {
  const fault = (error: unknown): void => journal.faultFound(error, crypto.randomUUID())
  const recordings = new Recordings({ ...ground, fault })
  return { recordings, conferences: new Conferences({ ...ground, recordings, fault }) }
}
