import assert from 'node:assert/strict'
import { test } from 'node:test'
import { onBothEngines } from '../../test/both-engines.ts'
import { createCall } from './call-life.ts'
import { callsSince, hideCalls, type HideCalls } from './call-logs.ts'
import { freshCall, listCalls, type CallRow } from './calls.ts'
import { happeningsOf } from './happenings.ts'
import { logEnd } from './mailbox.ts'
import type { Store } from './store.ts'

const actor = { face: 'test' }
const account = 7
// As large as ids are.
const user = 8_905_600_000_000_020
let ids = 0

onBothEngines('the log of calls that a user has', ({ open }) => {
  async function made(store: Store, more: Partial<CallRow> = {}): Promise<number> {
    ids += 1
    const row: CallRow = {
      ...freshCall,
      id: ids,
      session_id: ids,
      account_id: account,
      user_id: user,
      direction: 'in',
      origin: 'inbound',
      face: 'v1',
      caller: '+15550001',
      called: '+15550002',
      state: 'completed',
      node: 'a',
      created_ms: ids,
      ended_ms: ids,
      updated_ms: ids,
      ...more,
    }
    await store.write(createCall, { row, actor })
    return row.id
  }

  const hide = (store: Store, more: Partial<HideCalls> = {}) =>
    store.write(hideCalls, { account, user, until: 1_000_000, direction: null, party: null, actor, now: 1, ...more })

  const idsOf = async (store: Store, where: Readonly<Record<string, unknown>>): Promise<number[]> =>
    (await listCalls(store, { scope: account, limit: 100, where })).map(({ id }) => id)

  test('what is deleted from it stays in the list of the account, and what is up stays', async () => {
    const store = await open()
    const first = await made(store)
    const out = await made(store, { direction: 'out', caller: '+15550009' })
    const up = await made(store, { ended_ms: null })
    const other = await made(store, { user_id: 71 })
    assert.deepEqual(await hide(store, { direction: 'out', party: '+15550001' }), { hidden: 0 })
    assert.deepEqual(await hide(store, { direction: 'out' }), { hidden: 1 })
    assert.deepEqual(await hide(store, { until: first }), { hidden: 0 })
    assert.deepEqual(await hide(store, { account: 8 }), { hidden: 0 })
    assert.deepEqual(await idsOf(store, { user, hidden: 0 }), [up, first])
    assert.deepEqual(await hide(store), { hidden: 1 })
    assert.deepEqual(await idsOf(store, { user, hidden: 0 }), [up])
    assert.deepEqual(await idsOf(store, { user, hidden: 1 }), [out, first])
    assert.deepEqual(await idsOf(store, {}), [other, up, out, first])
    const kinds = (await happeningsOf(store, 'users', user)).map(({ kind }) => kind)
    assert.equal(kinds.filter((kind) => kind === 'call_log_deleted').length, 5)
  })

  test('what began or changed since a cursor, of a user or of all; another log’s cursor is none', async () => {
    const store = await open()
    await made(store)
    const cursor = await logEnd(store)
    const since = (more: object = {}) => callsSince(store, { account, cursor, limit: 100, ...more })
    assert.deepEqual(await since({ user }), [])
    const mine = await made(store)
    const theirs = await made(store, { user_id: 71 })
    await made(store, { account_id: 8 })
    assert.deepEqual(await since({ user }), [mine])
    assert.deepEqual(await since(), [theirs, mine])
    assert.deepEqual(await since({ limit: 1 }), [theirs])
    assert.equal(await since({ cursor: '999999999:999999' }), null)
  })

  test('lists are narrowed to first legs, to phones and to what was recorded', async () => {
    const store = await open()
    const first = await made(store)
    const second = await made(store, { parent_id: first, session_id: first, client_id: 5 })
    assert.deepEqual(await idsOf(store, { first: true }), [first])
    assert.deepEqual(await idsOf(store, { ofPhone: 1 }), [second])
    assert.deepEqual(await idsOf(store, { ofPhone: 0 }), [first])
    assert.deepEqual(await idsOf(store, { recorded: 'any' }), [])
  })
})
