// What may happen to a call, as writes on both engines: each step once, one end, and what was held is charged or given back with it.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { onBothEngines } from '../../test/both-engines.ts'
import { createCall, settleCalls, type CallStep } from './call-life.ts'
import { deleteCall, freshCall, listCalls, orphanedCalls, readCallById, spentOnCalls, type CallRow } from './calls.ts'
import { counted } from './counters.ts'
import { readBalance } from './credit.ts'
import { happeningsOf } from './happenings.ts'
import type { Store } from './store.ts'
import { openBalance, transferCredit } from './transfers.ts'

const actor = { face: 'test' }
const account = 7
const now = 1_000_000
let ids = 0

onBothEngines('the life of a call', ({ open }) => {
  let store: Store
  const kinds = async (id: number): Promise<string[]> => (await happeningsOf(store, 'calls', id)).map(({ kind }) => kind)
  const read = async (id: number): Promise<CallRow> => (await readCallById(store, id))!
  const write = (...steps: CallStep[]) => store.write(settleCalls, { steps })

  async function fresh(creditMicro = 0): Promise<void> {
    store = await open()
    if (creditMicro === 0) return
    await store.write(openBalance, { account, currency: 'USD', lowMicro: null, actor, now })
    await store.write(transferCredit, {
      account,
      kind: 'topup',
      amountMicro: creditMicro,
      currency: 'USD',
      memo: '',
      funder: null,
      actor,
      now,
    })
  }

  function row(more: Partial<CallRow> = {}): CallRow {
    ids += 1
    return {
      ...freshCall,
      id: ids,
      session_id: ids,
      account_id: account,
      direction: 'out',
      origin: 'api',
      face: 'v1',
      caller: '+15550001',
      called: '+15550002',
      state: 'queued',
      node: 'a',
      created_ms: now,
      updated_ms: now,
      ...more,
    }
  }
  const at = (one: CallRow, atMs: number) => ({ id: one.id, account, carrierId: 3, detail: '{}', atMs })
  const ended = (one: CallRow, more: Partial<CallRow> = {}): CallStep => ({
    to: 'ended',
    row: { ...one, state: 'completed', reason: 'call.completed', ended_ms: now + 9, duration_ms: 5_000, ...more },
  })

  test('one that is sent on is paid at the new price, and what was held for the one before goes back', async () => {
    await fresh(100)
    const one = row({ payer_id: account, rate_micro: 40, held_micro: 40 })
    await write({ to: 'created', row: one, actor })
    const to = (heldMicro: number): CallStep => ({
      to: 'rerouted',
      id: one.id,
      forwardedFrom: 'ann',
      detail: '{"a":1}',
      payer: account,
      rateMicro: heldMicro,
      chargingBlock: '30/6',
      heldMicro,
      currency: 'USD',
      atMs: now + 1,
    })
    const held = async (): Promise<number> => (await readBalance(store, account))!.held_micro
    const [short] = await write(to(61))
    assert.ok(typeof short === 'object')
    assert.deepEqual([(await read(one.id)).forwarded_from, await held()], ['', 40])
    assert.deepEqual(await write(to(60)), ['done'])
    const { forwarded_from: from, held_micro: holds, charging_block: block, rate_micro: rate } = await read(one.id)
    assert.deepEqual([from, holds, block, rate, await held()], ['ann', 60, '30/6', 60, 60])
    await write(ended(await read(one.id), { answered_ms: null, state: 'failed', price_micro: 0 }))
    assert.equal(await held(), 0)
    assert.deepEqual(await write(to(10)), ['late'])
    assert.equal(await held(), 0)
  })

  test('goes through its steps in one batch, each with its line in the log', async () => {
    await fresh()
    const one = row()
    const results = await write(
      { to: 'created', row: one, actor },
      { to: 'ringing', ...at(one, now + 1) },
      { to: 'answered', ...at(one, now + 2) },
      { to: 'joined', id: one.id, conferenceId: 5, atMs: now + 3 },
      { to: 'noted', id: one.id, account, data: { what: 'asked' }, atMs: now + 3 },
      ended(one),
    )
    assert.deepEqual(results, ['done', 'done', 'done', 'done', 'done', 'done'])
    assert.deepEqual(await kinds(one.id), ['created', 'ringing', 'answered', 'noted', 'ended'])
    const kept = await read(one.id)
    assert.equal(kept.state, 'completed')
    assert.equal(kept.answered_ms, now + 2)
    assert.equal(kept.conference_id, 5)
    assert.equal(kept.carrier_id, null)
    assert.equal(await counted(store, account, 'calls'), 1)
  })

  test('ends once, whoever comes late', async () => {
    await fresh()
    const one = row()
    await write({ to: 'created', row: one, actor }, ended(one, { state: 'busy', reason: 'call.busy' }))
    assert.deepEqual(await write({ to: 'answered', ...at(one, now + 10) }, ended(one), { to: 'ringing', ...at(one, now) }), [
      'late',
      'late',
      'late',
    ])
    assert.equal((await read(one.id)).state, 'busy')
    assert.deepEqual(await kinds(one.id), ['created', 'ended'])
  })

  test('charges what it cost of what is held, and gives back the rest', async () => {
    await fresh(1_000)
    const one = row({ payer_id: account, held_micro: 300 })
    await write({ to: 'created', row: one, actor }, { to: 'answered', ...at(one, now + 1) })
    assert.deepEqual(await write({ to: 'held', id: one.id, payer: account, amountMicro: 200, currency: 'USD', atMs: now + 2 }), [
      'done',
    ])
    assert.equal((await readBalance(store, account))!.held_micro, 500)
    assert.equal((await spentOnCalls(store, account, 0))?.spent, 500)
    await write(ended(one, { price_micro: 350 }))
    const balance = (await readBalance(store, account))!
    assert.equal(balance.held_micro, 0)
    assert.equal(balance.balance_micro, 650)
    const kept = await read(one.id)
    assert.equal(kept.price_micro, 350)
    assert.equal(kept.held_micro, 0)
    assert.deepEqual(await write({ to: 'held', id: one.id, payer: account, amountMicro: 1, currency: 'USD', atMs: now }), [
      'late',
    ])
    assert.equal((await readBalance(store, account))!.held_micro, 0)
  })

  test('an unanswered call costs nothing', async () => {
    await fresh(1_000)
    const one = row({ payer_id: account, held_micro: 300 })
    await write({ to: 'created', row: one, actor }, ended(one, { state: 'no_answer', duration_ms: 0 }))
    const balance = (await readBalance(store, account))!
    assert.deepEqual([balance.balance_micro, balance.held_micro], [1_000, 0])
  })

  test('is not begun where the balance does not bear its first slice', async () => {
    await fresh(100)
    const poor = row({ payer_id: account, held_micro: 101 })
    const [result] = await write({ to: 'created', row: poor, actor })
    assert.deepEqual(result, { short: { why: 'short', balanceMicro: 100, requiredMicro: 101, currency: 'USD' } })
    assert.equal(await readCallById(store, poor.id), undefined)
    const asked = await store.write(createCall, { row: poor, actor })
    assert.equal(asked.row, null)
    const rich = row({ payer_id: account, held_micro: 60 })
    assert.deepEqual(await store.write(createCall, { row: rich, actor }), { row: rich })
    const more = await write({ to: 'held', id: rich.id, payer: account, amountMicro: 60, currency: 'USD', atMs: now })
    assert.equal(typeof more[0], 'object')
  })

  test('those of a node that is gone are found, those of this one are not', async () => {
    await fresh()
    const lost = row({ node: 'gone' })
    await write({ to: 'created', row: lost, actor }, { to: 'created', row: row({ node: 'mine' }), actor })
    assert.deepEqual(
      (await orphanedCalls(store, 'mine', now, 10)).map(({ id }) => id),
      [lost.id],
    )
  })

  test('is listed by either end, and deleted only when it is over', async () => {
    await fresh()
    const one = row({ called: '+4912' })
    await write({ to: 'created', row: one, actor })
    const found = await listCalls(store, { scope: account, limit: 5, where: { party: '+4912', open: 1 } })
    assert.deepEqual(
      found.map(({ id }) => id),
      [one.id],
    )
    assert.deepEqual(await store.write(deleteCall, { account, id: one.id, actor, now }), { open: 'queued' })
    await write(ended(one))
    assert.deepEqual(await store.write(deleteCall, { account, id: one.id, actor, now }), { deleted: true })
    assert.equal(await store.write(deleteCall, { account, id: one.id, actor, now }), null)
  })
})
