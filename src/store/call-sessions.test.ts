// The steps of a call that is switched elsewhere, as writes on both engines: each in its turn, one end, and what was held is charged or given
// back with it.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { onBothEngines } from '../../test/both-engines.ts'
import {
  changeSessionRecord,
  createCallSession,
  endLostSessions,
  readCallSession,
  stepCallSession,
  type CallSessionRow,
  type SessionStep,
} from './call-sessions.ts'
import { counted } from './counters.ts'
import { readBalance } from './credit.ts'
import { happeningsOf } from './happenings.ts'
import type { Store } from './store.ts'
import { openBalance, transferCredit } from './transfers.ts'

const actor = { face: 'test' }
const account = 7
const now = 1_000_000_000
const offers = [
  { routeId: 11, carrierId: 21, cost: { priceMicro: 6_000, per: 60, first: 1, next: 1, currency: 'USD' } },
  { routeId: 12, carrierId: 22, cost: { priceMicro: 1, per: 60, first: 1, next: 1, currency: 'USD' } },
]
let ids = 0

onBothEngines('calls that are switched elsewhere', ({ open }) => {
  let store: Store

  async function withCredit(amountMicro: number): Promise<void> {
    store = await open()
    await store.write(openBalance, { account, currency: 'USD', lowMicro: null, actor, now })
    const topUp = { account, kind: 'topup', amountMicro, currency: 'USD', memo: '', funder: null } as const
    await store.write(transferCredit, { ...topUp, actor, now })
  }

  async function setUp(more: Partial<CallSessionRow> = {}): Promise<number> {
    ids += 1
    const row: CallSessionRow = {
      id: ids,
      account_id: account,
      face: 'test',
      caller: '+15550001',
      called: '+15550002',
      client_ref: '',
      state: 'offered',
      routes: JSON.stringify(offers),
      route_id: null,
      carrier_id: null,
      payer_id: account,
      rate_micro: 60_000,
      rate_per: 60,
      charging_block: '60/1',
      held_micro: 60_000,
      price_micro: 0,
      cost_micro: 0,
      currency: 'USD',
      sip_status: null,
      duration_seconds: null,
      note: '',
      created_ms: now,
      alerted_ms: null,
      connected_ms: null,
      ended_ms: null,
      closed_ms: null,
      updated_ms: now,
      ...more,
    }
    const made = await store.write(createCallSession, { row, actor })
    assert.ok(made.row)
    return ids
  }

  const take = (id: number, step: SessionStep) => store.write(stepCallSession, { id, account, step, actor, now: now + 90_000 })
  const steps = async (id: number, ...all: SessionStep[]) => {
    const told: string[] = []
    for (const step of all) {
      const taken = await take(id, step)
      told.push(taken.row ? taken.row.state : taken.why)
    }
    return told
  }
  const routed = { to: 'routed', routeId: 11 } as const
  const balance = async () => {
    const { balance_micro, held_micro } = (await readBalance(store, account))!
    return [balance_micro, held_micro]
  }

  test('each step has its turn, and a step out of turn changes nothing', async () => {
    await withCredit(1_000_000)
    const id = await setUp()
    const alerting = { to: 'alerting', atMs: now + 1000 } as const
    const connected = { to: 'connected', atMs: now + 5000 } as const
    const ended = { to: 'ended', atMs: now + 70_000, sipStatus: 200 } as const
    assert.deepEqual(await steps(id, alerting, connected, { to: 'routed', routeId: 99 }), [
      'not_routed',
      'not_routed',
      'not_offered',
    ])
    assert.deepEqual(await steps(id, routed, routed, { ...alerting, atMs: now - 1001 }), ['routed', 'routed', 'timing'])
    assert.deepEqual(await steps(id, { ...ended, seconds: 1 }, alerting, { ...connected, atMs: now }), [
      'not_connected',
      'alerting',
      'timing',
    ])
    assert.deepEqual(await steps(id, connected, connected, { ...alerting, atMs: now + 6000 }), [
      'connected',
      'connected',
      'timing',
    ])
    assert.deepEqual(await steps(id, ended, ended, alerting), ['ended', 'ended', 'ended'])
    assert.deepEqual(await steps(999, ended), ['unknown'])
    const row = (await readCallSession(store, account, id))!
    // 65 seconds by the second after the first minute; the carrier takes a tenth.
    assert.deepEqual([row.duration_seconds, row.price_micro, row.cost_micro, row.held_micro], [65, 65_000, 6_500, 0])
    assert.deepEqual([row.route_id, row.carrier_id, row.sip_status], [11, 21, 200])
    assert.deepEqual(await balance(), [935_000, 0])
    const kinds = (await happeningsOf(store, 'call_sessions', id)).map(({ kind }) => kind)
    assert.deepEqual(kinds.toSorted(), ['alerting', 'connected', 'created', 'ended', 'routed'])
    assert.equal(await counted(store, account, 'call_sessions'), 1)
  })

  test('what was not answered costs nothing; what the balance does not bear is not charged', async () => {
    await withCredit(70_000)
    const unanswered = await setUp()
    assert.deepEqual(await balance(), [70_000, 60_000])
    await steps(unanswered, routed, { to: 'ended', atMs: now, sipStatus: 486 })
    assert.deepEqual(await balance(), [70_000, 0])
    const long = await setUp()
    await steps(long, routed, { to: 'connected', atMs: now }, { to: 'ended', atMs: now + 1000, sipStatus: 200, seconds: 3600 })
    const row = (await readCallSession(store, account, long))!
    assert.equal(row.price_micro, 60_000)
    assert.deepEqual(await balance(), [10_000, 0])
  })

  test('without credit for the first block there is no session', async () => {
    await withCredit(59_999)
    await assert.rejects(setUp())
    assert.deepEqual(await balance(), [59_999, 0])
  })

  test('a record is changed until it is closed, and closed once the call is over', async () => {
    await withCredit(1_000_000)
    const id = await setUp()
    const change = (close: boolean, note?: string) => store.write(changeSessionRecord, { id, account, note, close, actor, now })
    const why = async (close: boolean) => {
      const changed = await change(close)
      return changed.row ? 'done' : changed.why
    }
    assert.equal(await why(true), 'running')
    assert.equal((await change(false, 'checked')).row?.note, 'checked')
    await steps(id, { to: 'ended', atMs: now, sipStatus: null })
    assert.equal(await why(true), 'done')
    assert.equal(await why(false), 'closed')
  })

  test('a session of which nothing more is heard is ended, and gives back what it holds', async () => {
    await withCredit(1_000_000)
    const lost = await setUp({ created_ms: now - 10 })
    const young = await setUp()
    await steps(lost, routed, { to: 'connected', atMs: now })
    assert.equal(await store.write(endLostSessions, { beforeMs: now, limit: 10, now }), 1)
    const row = (await readCallSession(store, account, lost))!
    assert.deepEqual([row.state, row.price_micro, row.held_micro], ['ended', 0, 0])
    assert.equal((await readCallSession(store, account, young))!.ended_ms, null)
    assert.deepEqual(await balance(), [1_000_000, 60_000])
  })
})
