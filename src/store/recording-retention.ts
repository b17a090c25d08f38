// Recordings that an account no longer keeps: found by their age, and dropped with their part of the log once their files are gone. In
// that order, so that a crash in between leaves a row to find the file by, and never a file that nobody knows of.

import { count } from './counters.ts'
import { dropHappenings } from './happenings.ts'
import { dropEntries } from './mailbox.ts'
import type { RecordingRow } from './recordings.ts'
import { bind, statement } from './statement.ts'
import { defineWrite, type Reader } from './store.ts'

export type OldRecording = Pick<RecordingRow, 'id' | 'file'>

const old = statement<{ account: number; before_id: number; before: number; limit: number }, OldRecording>((db) =>
  db
    .selectFrom('recordings')
    .select(['id', 'file'])
    .where('account_id', '=', bind('account'))
    .where('id', '<', bind('before_id'))
    .where('ended_ms', '<', bind('before'))
    .orderBy('id')
    .limit(bind('limit')),
)

/** Those that ended before that moment, the oldest first; `beforeId` is the first id that could have been made then. */
export const oldRecordings = (
  reader: Reader,
  { account, beforeId, beforeMs, limit }: { account: number; beforeId: number; beforeMs: number; limit: number },
) => reader.all(old, { account, before_id: beforeId, before: beforeMs, limit })

const stateOf = statement<{ id: number }, Pick<RecordingRow, 'state' | 'source'>>((db) =>
  db.selectFrom('recordings').select(['state', 'source']).where('id', '=', bind('id')),
)
const drop = statement<{ id: number; account: number }>((db) =>
  db.deleteFrom('recordings').where('id', '=', bind('id')).where('account_id', '=', bind('account')),
)

/** Gives how many went. A purge leaves no line in the log for each: the setting that asked for it has its own. */
export const purgeRecordings = defineWrite(
  'retention.recordings',
  async (tx, { account, ids }: { readonly account: number; readonly ids: readonly number[] }): Promise<number> => {
    let done = 0
    let counted = 0
    for (const id of ids) {
      const row = await tx.one(stateOf, { id })
      if (!row || (await tx.run(drop, { id, account })) === 0) continue
      await dropHappenings(tx, 'recordings', id)
      if (row.source === 'voicemail') await dropEntries(tx, id)
      done += 1
      // The others were counted off when they ended or were deleted.
      if (row.state === 'ready' || row.state === 'recording') counted += 1
    }
    if (counted > 0) await count(tx, account, 'recordings', -counted)
    return done
  },
)
