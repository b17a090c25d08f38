// What an account no longer keeps goes with its file; what is under way, young, or another's stays.

import assert from 'node:assert/strict'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import { createAccount } from '#store/accounts.ts'
import { counted } from '#store/counters.ts'
import { happeningsOf } from '#store/happenings.ts'
import { createRecording, deleteRecording, endRecording, readRecordingById, type RecordingRow } from '#store/recordings.ts'
import type { Store } from '#store/store.ts'
import { handClock } from '#values/clock.ts'
import { firstIdAt } from '#values/ids.ts'
import { Key } from '#values/secrets.ts'
import { onBothEngines } from '../../test/both-engines.ts'
import { keepRecordingsLoop } from './keep-recordings.ts'
import { Recordings } from './recordings.ts'

const dayMs = 24 * 3_600_000
const actor = { face: 'test' }
const start = Date.UTC(2026, 5, 1)

async function account(store: Store, id: number, recordings: number): Promise<void> {
  const row = { id, parent_id: null, path: `/${id}/`, depth: 0, name: `a${id}`, status: 'active', kind: 'full' }
  const settings = JSON.stringify({ retentionDays: { recordings } })
  await store.write(createAccount, { row: { ...row, settings, created_ms: 1, updated_ms: 1, version: 1 }, actor } as never)
}

async function recorded(
  store: Store,
  dataDir: string,
  accountId: number,
  daysAgo: number,
  n: number,
  ended = true,
): Promise<RecordingRow> {
  const createdMs = start - daysAgo * dayMs
  const id = firstIdAt(createdMs) + n
  const row: RecordingRow = {
    id,
    account_id: accountId,
    call_id: null,
    session_id: null,
    conference_id: null,
    face: 'test',
    state: 'recording',
    reason: null,
    source: 'call',
    channels: 'heard',
    file: join('recordings', `${id}.ohr`),
    key_sealed: 'sealed',
    duration_ms: 0,
    size_bytes: 0,
    secret: 's',
    detail: '{}',
    callback: null,
    created_ms: createdMs,
    ended_ms: null,
    updated_ms: createdMs,
  }
  const path = join(dataDir, row.file)
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, 'sound')
  await store.write(createRecording, { row, actor })
  const end = { id, account: accountId, state: 'ready', reason: null, durationMs: 1000, sizeBytes: 5, actor } as const
  if (ended) await store.write(endRecording, { ...end, now: createdMs + 1000 })
  return row
}

onBothEngines('recordings are kept for so long', ({ open, newPlace }) => {
  test('by the days of their account', async () => {
    const place = await newPlace()
    const store = await open(place)
    const { dataDir } = place
    const clock = handClock(start)
    await account(store, 1, 30)
    await account(store, 2, 0)
    const old = await recorded(store, dataDir, 1, 40, 1)
    const deleted = await recorded(store, dataDir, 1, 40, 2)
    await store.write(deleteRecording, { account: 1, id: deleted.id, actor, now: start - 35 * dayMs })
    const absent = await recorded(store, dataDir, 1, 40, 6, false)
    const nothing = { id: absent.id, account: 1, state: 'absent', reason: null, durationMs: 0, sizeBytes: 0, actor } as const
    await store.write(endRecording, { ...nothing, now: start - 40 * dayMs })
    const stay = [
      await recorded(store, dataDir, 1, 40, 3, false),
      await recorded(store, dataDir, 1, 10, 4),
      await recorded(store, dataDir, 2, 400, 5),
    ]
    const parts = { store, clock, nextId: () => 1, key: new Key('ab'.repeat(32)), dataDir, publicUrl: () => '', fault: () => {} }
    assert.equal(await keepRecordingsLoop.do({ store, clock, recordings: new Recordings(parts) }), 3)
    for (const { id, file } of stay) {
      assert.ok(await readRecordingById(store, id))
      assert.ok(existsSync(join(dataDir, file)))
    }
    for (const { id } of [old, deleted, absent]) assert.equal(await readRecordingById(store, id), undefined)
    assert.equal(existsSync(join(dataDir, old.file)), false)
    assert.deepEqual(await happeningsOf(store, 'recordings', old.id), [])
    assert.equal(await counted(store, 1, 'recordings'), 2)
    assert.equal(await keepRecordingsLoop.do({ store, clock, recordings: new Recordings(parts) }), 0)
  })
})
