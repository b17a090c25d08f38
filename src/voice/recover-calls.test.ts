// What stands open in the store after its process died is closed once, with its own reason, on both engines; what is this node's, or that of
// another that lives, is left alone.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { settleCalls } from '#store/call-life.ts'
import { freshCall, readCallById, type CallRow } from '#store/calls.ts'
import { openConference, readConference } from '#store/conferences.ts'
import { readBalance } from '#store/credit.ts'
import { takeLease } from '#store/leases.ts'
import { createRecording, readRecordingById, type RecordingRow } from '#store/recordings.ts'
import { openBalance, transferCredit } from '#store/transfers.ts'
import { handClock } from '#values/clock.ts'
import { Key } from '#values/secrets.ts'
import { onBothEngines } from '../../test/both-engines.ts'
import { recoverCalls } from './recover-calls.ts'

const actor = { face: 'test' }
const account = 7

onBothEngines('calls whose process died', ({ open, newPlace }) => {
  test('are closed, paid as far as they were known to be up, and their conference and recording with them', async () => {
    const place = await newPlace()
    const store = await open(place)
    const clock = handClock()
    const now = clock.nowMs()
    await store.write(openBalance, { account, currency: 'USD', lowMicro: null, actor, now })
    await store.write(transferCredit, {
      account,
      kind: 'topup',
      amountMicro: 1_000,
      currency: 'USD',
      memo: '',
      funder: null,
      actor,
      now,
    })
    const row = (id: number, node: string): CallRow => ({
      ...freshCall,
      id,
      session_id: id,
      account_id: account,
      direction: 'out',
      origin: 'api',
      face: 'v1',
      caller: '+15550001',
      called: '+15550002',
      state: 'queued',
      node,
      payer_id: account,
      rate_micro: 60,
      held_micro: 60,
      detail: '{"ratePer":60}',
      created_ms: now,
      updated_ms: now,
    })
    const lost = row(1, 'gone')
    const more = { id: 1, payer: account, amountMicro: 60, currency: 'USD', atMs: now + 55_000 }
    await store.write(settleCalls, {
      steps: [
        { to: 'created', row: lost, actor },
        { to: 'answered', id: 1, account, carrierId: null, detail: lost.detail, atMs: now + 1_000 },
        { to: 'held', ...more },
        { to: 'created', row: row(2, 'here'), actor },
        { to: 'created', row: row(3, 'alive'), actor },
      ],
    })
    await store.write(takeLease, { thing: 'node 3', node: 'alive', nowMs: now, forMs: 60_000 })
    const room = { id: 9, account_id: account, face: 'v1', name: 'r', state: 'running', reason: null, node: 'gone', detail: '{}' }
    const times = { created_ms: now, started_ms: now, ended_ms: null, updated_ms: now }
    await store.write(openConference, { row: { ...room, ...times }, actor })
    const recording: RecordingRow = {
      id: 11,
      account_id: account,
      call_id: 1,
      session_id: 1,
      conference_id: null,
      face: 'v1',
      state: 'recording',
      reason: null,
      source: 'call',
      channels: 'mixed',
      file: 'recordings/none.ohr',
      key_sealed: '',
      duration_ms: 0,
      size_bytes: 0,
      secret: 's',
      detail: '{}',
      callback: null,
      created_ms: now,
      ended_ms: null,
      updated_ms: now,
    }
    await store.write(createRecording, { row: recording, actor })

    const parts = { store, clock, key: new Key('00'.repeat(32)), dataDir: place.dataDir, node: 'here' }
    assert.equal(await recoverCalls(parts), 1)
    assert.equal(await recoverCalls(parts), 0)
    const closed = (await readCallById(store, 1))!
    assert.deepEqual([closed.state, closed.reason, closed.ended_by], ['failed', 'call.platform_stopped', 'platform'])
    assert.deepEqual([closed.duration_ms, closed.price_micro, closed.held_micro], [54_000, 60, 0])
    for (const id of [2, 3]) assert.equal((await readCallById(store, id))?.ended_ms, null)
    const balance = await readBalance(store, account)
    assert.deepEqual([balance?.balance_micro, balance?.held_micro], [940, 120])
    assert.equal((await readConference(store, account, 9))?.state, 'failed')
    assert.deepEqual((await readRecordingById(store, 11))?.state, 'failed')
  })
})
