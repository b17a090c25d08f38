// What of voice is kept without a call being placed: the conferences of this node, and recordings.

import type { Journal } from '#journal/journal.ts'
import { Conferences } from '#voice/conferences.ts'
import { Recordings } from '#voice/recordings.ts'
import type { Ground } from './ground.ts'

export interface ConferencesGround extends Pick<Ground, 'store' | 'clock' | 'nextId' | 'key' | 'dataDir' | 'publicUrl' | 'node'> {
  readonly journal: Pick<Journal, 'faultFound'>
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
