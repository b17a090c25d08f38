import assert from 'node:assert/strict'
import { test } from 'node:test'
import { onBothEngines } from '../../test/both-engines.ts'
import { changeMailbox, listMailbox, logEnd, mailboxSince, readEntry } from './mailbox.ts'
import { purgeRecordings } from './recording-retention.ts'
import { createRecording, deleteRecording, endRecording, type RecordingRow } from './recordings.ts'
import type { Store } from './store.ts'

const actor = { face: 'api' }
const account = 1
const ada = 10

const row = (id: number): RecordingRow => ({
  id,
  account_id: account,
  call_id: 3,
  session_id: 3,
  conference_id: null,
  face: 'api',
  state: 'recording',
  reason: null,
  source: 'voicemail',
  channels: 'heard',
  file: 'f',
  key_sealed: 'k',
  duration_ms: 0,
  size_bytes: 0,
  secret: 's',
  detail: JSON.stringify({ voicemailOf: ada }),
  callback: null,
  created_ms: id * 1000,
  ended_ms: null,
  updated_ms: id * 1000,
})

async function left(store: Store, id: number, state: 'ready' | 'absent' = 'ready'): Promise<void> {
  await store.write(createRecording, { row: row(id), actor })
  const end = { id, account, state, reason: null, durationMs: 2000, sizeBytes: 99, actor, now: id * 1000 + 2000 }
  await store.write(endRecording, end)
}

const listed = async (store: Store): Promise<number[]> =>
  (await listMailbox(store, { scope: ada, limit: 10, where: {} })).map(({ id }) => id)

onBothEngines('voice mail', ({ open }) => {
  test('is in a mailbox once it has a sound, and as long as it has one', async () => {
    const store = await open()
    const cursor = await logEnd(store)
    await left(store, 51)
    await left(store, 52, 'absent')
    await left(store, 53)
    await left(store, 54)
    assert.deepEqual(await listed(store), [54, 53, 51])
    const { user_id: user, kind, is_read: isRead, direction } = (await readEntry(store, account, 51))!
    assert.deepEqual([user, kind, isRead, direction], [ada, 'voicemail', 0, 'in'])
    assert.deepEqual((await mailboxSince(store, { account, user: ada, cursor, limit: 10 }))!.changed, [54, 53, 51])

    const later = await logEnd(store)
    await store.write(deleteRecording, { account, id: 51, actor, now: 9 })
    assert.deepEqual((await mailboxSince(store, { account, user: ada, cursor: later, limit: 10 }))!.gone, [51])
    // What its user purged leaves word that it was.
    await store.write(changeMailbox, { account, user: ada, ids: [53], place: 'purged', actor, now: 9 })
    await store.write(deleteRecording, { account, id: 53, actor, now: 9 })
    assert.equal((await readEntry(store, account, 53))!.place, 'purged')
    await store.write(purgeRecordings, { account, ids: [53, 54] })
    assert.deepEqual(await listed(store), [])
  })
})
