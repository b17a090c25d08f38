// What a conference and its recordings leave in the store, on both engines: rows with one end each, and their part of the log.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readConference, readMember } from '#store/conferences.ts'
import { happeningsOf } from '#store/happenings.ts'
import { listRecordings } from '#store/recordings.ts'
import { onBothEngines } from '../../test/both-engines.ts'
import { page, ScriptStage, settled } from '../../test/fakes/script-stage.ts'
import type { JoinConference } from './verbs/verb.ts'

const join: JoinConference = {
  verb: 'conference',
  name: 'standup',
  muted: false,
  startOnEnter: true,
  endOnExit: false,
  beep: false,
  most: 40,
  mostMs: 14_400_000,
  record: true,
  then: page('next'),
}

onBothEngines('a conference in the store', ({ open }) => {
  test('begins, is joined, changed, left and ended, each once and in this order', async () => {
    const store = await open()
    const stage = new ScriptStage({}, store)
    stage.pages = { start: [join], next: [{ verb: 'pause', ms: 1 }] }
    const calls = [stage.incoming(), stage.incoming()]
    const { conferences, recordings } = stage
    for (const { call } of calls) {
      stage.run(call, 'start')
      while (!conferences.ofCall(call.id)) await settled()
    }
    const room = conferences.ofCall(calls[0]!.call.id)!
    assert.deepEqual([room.size, conferences.size], [2, 1])
    while (recordings.size === 0) await settled()
    room.change(calls[0]!.call.id, { muted: true })
    await conferences.written()
    assert.equal((await readConference(store, 1, room.id))?.state, 'running')
    assert.deepEqual((await readMember(store, room.id, calls[0]!.call.id))?.muted, 1)
    for (const { leg } of calls) leg.ends()
    while (conferences.size > 0) await settled()
    await conferences.ended()
    await recordings.ended()
    const row = await readConference(store, 1, room.id)
    assert.deepEqual([row?.state, row?.reason, row?.ended_ms !== null], ['completed', null, true])
    const kinds = (await happeningsOf(store, 'conferences', room.id)).map(({ kind }) => kind)
    assert.deepEqual(kinds, ['created', 'joined', 'started', 'joined', 'member_changed', 'left', 'left', 'ended'])
    const kept = await listRecordings(store, { scope: 1, limit: 10, where: { conference: room.id } })
    for (const { id, state } of kept) {
      assert.equal(state, 'ready')
      assert.deepEqual(
        (await happeningsOf(store, 'recordings', id)).map(({ kind }) => kind),
        ['created', 'ready'],
      )
    }
    assert.equal(kept.length, 1, 'who is left alone is not recorded anew')
    assert.deepEqual(stage.faults, [])
  })
})
