// A person who called, or was called, is shown with all that is kept of the calls, and is forgotten: in the other legs, in what went over the wire,
// and in what was recorded. Nobody else is touched, and a call that is up is waited for.

import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { onBothEngines } from '../../test/both-engines.ts'
import { createCall } from '#store/call-life.ts'
import { createCallSession, readCallSession, type CallSessionRow } from '#store/call-sessions.ts'
import { freshCall, readCallById, type CallRow } from '#store/calls.ts'
import { createErasure, readErasure, type ErasureRow } from '#store/erasures.ts'
import { evidenceOf } from '#store/evidence.ts'
import { firstCursor, happeningsAfter } from '#store/happenings.ts'
import { createRecording, readRecordingById, type RecordingRow } from '#store/recordings.ts'
import type { Store } from '#store/store.ts'
import { handClock, systemClock } from '#values/clock.ts'
import { idSource } from '#values/ids.ts'
import { Key } from '#values/secrets.ts'
import { erasuresLoop, newErasure } from './erase-persons.ts'
import { Evidence } from './evidence.ts'
import { PersonHashes } from './opt-outs.ts'
import { placesOf } from './personal-data.ts'
import type { Person, PersonalItem } from './personal-place.ts'

const key = new Key('cd'.repeat(32))
const nextId = idSource(systemClock)
const actor = { face: 'test' }
const account = 7
const person: Person = { kind: 'phone', value: '+15550001111' }
const hash = new PersonHashes(key).of(account, person.value)
const now = 1_760_000_000_000
const own = '+15559999999'

async function call(store: Store, more: Partial<CallRow> & { id: number }): Promise<void> {
  const row: CallRow = {
    ...freshCall,
    session_id: more.id,
    account_id: account,
    direction: 'in',
    origin: 'inbound',
    face: 'api',
    caller: person.value,
    called: own,
    state: 'completed',
    node: 'a',
    created_ms: now,
    ended_ms: now + 600_000,
    updated_ms: now,
    ...more,
  }
  await store.write(createCall, { row, actor })
}

async function recording(store: Store, more: Partial<RecordingRow> & { id: number }): Promise<void> {
  const row: RecordingRow = {
    account_id: account,
    call_id: null,
    session_id: null,
    conference_id: null,
    face: 'api',
    state: 'ready',
    reason: null,
    source: 'call',
    channels: 'mixed',
    file: `${more.id}.rec`,
    key_sealed: 'k',
    duration_ms: 1000,
    size_bytes: 10,
    secret: 's',
    detail: '{}',
    callback: null,
    created_ms: now,
    ended_ms: now,
    updated_ms: now,
    ...more,
  } as RecordingRow
  await store.write(createRecording, { row, actor })
}

async function session(store: Store, more: Partial<CallSessionRow> & { id: number }): Promise<void> {
  const row: CallSessionRow = {
    account_id: account,
    face: 'api',
    caller: '15550001111',
    called: '15552220000',
    client_ref: 'ref',
    state: 'ended',
    routes: '[]',
    route_id: null,
    carrier_id: null,
    payer_id: null,
    rate_micro: 0,
    rate_per: 60,
    charging_block: '60/60',
    held_micro: 0,
    price_micro: 0,
    cost_micro: 0,
    currency: 'USD',
    sip_status: null,
    duration_seconds: 1,
    note: 'said hello',
    created_ms: now,
    alerted_ms: null,
    connected_ms: null,
    ended_ms: now,
    closed_ms: null,
    updated_ms: now,
    ...more,
  } as CallSessionRow
  await store.write(createCallSession, { row, actor })
}

async function shown(store: Store): Promise<PersonalItem[]> {
  const items: PersonalItem[] = []
  const means = {
    read: store,
    slow: store.slow,
    notes: store.notes,
    nowMs: now,
    recordingUrl: ({ id }: { id: number }) => `u${id}`,
  }
  for (const place of placesOf(person.kind)) items.push(...(await place.show(means, account, person, -1)).items)
  return items
}

async function ask(store: Store): Promise<ErasureRow> {
  const row = newErasure({ id: nextId(), account, person, actor, key, nowMs: now })
  await store.write(createErasure, { row, actor })
  return row
}

onBothEngines('calls of a person', ({ open }) => {
  test('records, wire, verbs and recordings are shown, then gone', async (t) => {
    const store = await open()
    const dir = mkdtempSync(join(tmpdir(), 'offhook-erase-'))
    t.after(() => rmSync(dir, { recursive: true, force: true }))
    const detail = { raw: 'INVITE', source: '192.0.2.1', verbs: [{ verb: 'gather', data: { digits: 4 } }] }
    await call(store, { id: 1, caller_name: 'Ann', detail: JSON.stringify(detail), cause: 'from 15550001111', client_ref: 'r' })
    // The leg that her call was passed on to names her by its verbs, not by its parties.
    const verbs = [{ verb: 'dial', data: { targets: [person.value] } }]
    await call(store, {
      id: 2,
      session_id: 1,
      parent_id: 1,
      caller: own,
      called: '+15553330000',
      detail: JSON.stringify({ verbs }),
    })
    await call(store, { id: 3, caller: own, called: person.value, direction: 'out', conference_id: 60 })
    await call(store, { id: 4, caller: '+15554440000' })
    await call(store, { id: 5, account_id: 8 })
    await session(store, { id: 20 })
    await session(store, { id: 21, caller: '15556660000' })
    for (const [id, of] of [
      [50, { call_id: 2, session_id: 1 }],
      [51, { conference_id: 60 }],
      [52, { call_id: 4, session_id: 4 }],
    ] as const) {
      await recording(store, { id, ...of })
      writeFileSync(join(dir, `${id}.rec`), 'sound')
    }
    const evidence = new Evidence({ store, clock: handClock(now), nextId })
    // In the middle of a long call, with nothing that happened around it.
    for (const messageId of [1, 2, 4])
      evidence.wire({ messageId, direction: 'in', protocol: 'sip', bytes: Buffer.from('INFO 1234'), atMs: now + 301_500 })
    evidence.flush()
    await store.noted()

    const before = await shown(store)
    assert.deepEqual(
      before.map(({ noun }) => noun),
      ['call', 'call', 'recording', 'recording', 'call_session'],
    )
    const first = before[0]!.data
    assert.deepEqual([first['fromName'], first['detail'], (first['evidence'] as unknown[]).length], ['Ann', detail, 1])
    assert.equal(before[2]!.data['url'], 'u50')

    const row = await ask(store)
    const recordings = { removeFile: async (file: string) => rmSync(join(dir, file)) }
    await erasuresLoop.do({ store, clock: handClock(now + 700_000), key, cancelMessage: async () => undefined, recordings })
    assert.equal((await readErasure(store, account, row.id))!.status, 'completed')
    assert.deepEqual(await shown(store), [])
    const [one, two, three, four, five] = await Promise.all([1, 2, 3, 4, 5].map(async (id) => (await readCallById(store, id))!))
    assert.deepEqual(
      [one!.caller, one!.caller_name, one!.called, one!.client_ref, one!.cause, one!.state],
      [hash, '', own, '', null, 'completed'],
    )
    assert.deepEqual(
      [two!.called, three!.called, four!.caller, five!.caller],
      ['+15553330000', hash, '+15554440000', person.value],
    )
    for (const { detail: text } of [one!, two!, three!]) assert.equal(JSON.parse(text).erased, true)
    assert.deepEqual(
      await Promise.all([1, 2, 4].map(async (id) => (await evidenceOf(store.notes, id, [now + 301_500])).length)),
      [0, 0, 1],
    )
    assert.deepEqual(await Promise.all([50, 51, 52].map(async (id) => (await readRecordingById(store, id)) !== undefined)), [
      false,
      false,
      true,
    ])
    assert.deepEqual(
      [50, 51, 52].map((id) => existsSync(join(dir, `${id}.rec`))),
      [false, false, true],
    )
    const seen = (await readCallSession(store, account, 20))!
    assert.deepEqual([seen.caller, seen.called, seen.client_ref, seen.note], [hash, '15552220000', '', ''])
    assert.equal((await readCallSession(store, account, 21))!.note, 'said hello')
    const log = (await happeningsAfter(store, firstCursor, 999)).rows.filter(({ account_id }) => account_id === account)
    assert.ok(log.some(({ noun, kind }) => noun === 'calls' && kind === 'erased'))
    assert.doesNotMatch(JSON.stringify(log), /15550001111/)
  })

  test('a call that is up is waited for', async () => {
    const store = await open()
    await call(store, { id: 1, state: 'answered', ended_ms: null })
    const row = await ask(store)
    const parts = { store, clock: handClock(now + 1000), key, cancelMessage: async () => undefined }
    await erasuresLoop.do(parts)
    assert.equal((await readErasure(store, account, row.id))!.status, 'running')
    assert.equal((await readCallById(store, 1))!.caller, person.value, 'whoever has it still knows whose it is')
  })
})
