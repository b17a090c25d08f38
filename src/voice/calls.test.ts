// Calls of a node over legs without SIP and a real store: who comes in and is served, who is refused and says so in its record, what goes
// out over which way, what it costs, and that every call comes to one end.

import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, beforeEach, test } from 'node:test'
import { accountFrom, type Account, type SettingsChange } from '#accounts/account.ts'
import { Router } from '#numbers/router.ts'
import { refusal } from '#reasons/refusal.ts'
import { readCallById, type CallRow } from '#store/calls.ts'
import { readBalance } from '#store/credit.ts'
import type { NumberRow } from '#store/numbers.ts'
import { openStore } from '#store/open-store.ts'
import type { Store } from '#store/store.ts'
import { openBalance, transferCredit } from '#store/transfers.ts'
import { handClock } from '#values/clock.ts'
import { firstIdAt } from '#values/ids.ts'
import { FakeLeg } from '../../test/fakes/fake-leg.ts'
import { FakePlace } from '../../test/fakes/fake-media.ts'
import { AdmitCall } from './admit-call.ts'
import { CallBook } from './call-book.ts'
import { CallLimits } from './call-limits.ts'
import type { CallWish, ScriptStart } from './call-wish.ts'
import { Calls } from './calls.ts'
import { Incoming } from './incoming.ts'
import type { LegNews, LegWish } from './leg.ts'
import type { IncomingCall, Trunk } from './line.ts'
import type { LiveCall } from './live-call.ts'

const dir = mkdtempSync(join(tmpdir(), 'offhook-calls-'))
const clock = handClock()
const store: Store = await openStore({ dataDir: dir, clock })
after(async () => {
  await store.close()
  rmSync(dir, { recursive: true, force: true })
})

const actor = { face: 'test' }
let ids = 1_000
let accountId = 10
let settings: SettingsChange = {}
let routes: number[] = [1]
let price = 0
let ran: { call: LiveCall; start: ScriptStart }[] = []
let legs: FakeLeg[] = []
let wishes: LegWish[] = []
let calls: Calls
let storeIsGone = false
/** Where a test brings about a bug of ours. */
let faults: unknown[] | undefined
let placing: (() => never) | undefined
/** Of the number. */
let detail = '{}'
const passedOn = '{"forwardTo":"+12125550199"}'

function account(): Account {
  return accountFrom([
    {
      id: accountId,
      parent_id: null,
      path: `/${accountId}/`,
      depth: 0,
      name: '',
      status: 'active',
      kind: 'full',
      settings: JSON.stringify(settings),
      created_ms: 0,
      updated_ms: 0,
      version: 1,
    },
  ])
}

const place = new FakePlace()
const mine = (): NumberRow =>
  ({
    id: 5,
    account_id: accountId,
    number: '+12125550100',
    status: 'active',
    expires_ms: null,
    reserved_until_ms: null,
    face: 'test',
    detail,
  }) as NumberRow

/** A trunk whose legs a test answers. */
function trunk(id: number): Trunk {
  return {
    id,
    takes: () => true,
    unable: () => undefined,
    state: () => ({ state: 'up', gateways: [], calls: 0, channels: 0, callsPerSecond: 0 }),
    place(wish: LegWish, news: LegNews) {
      placing?.()
      const leg = new FakeLeg(wish.id, 'out', place)
      leg.tells(news)
      legs.push(leg)
      wishes.push(wish)
      return leg
    },
  }
}

function build(): void {
  const limits = new CallLimits(store, clock, 'here')
  const prices = {
    rateOf: () => ({
      rate: {
        deck_id: 1,
        service: 'call',
        direction: 'out',
        prefix: '',
        price_micro: price,
        per: 60,
        first_block: 60,
        next_block: 60,
      },
      currency: 'USD',
    }),
    payerOf: () => accountId,
  }
  const nextId = () => (ids += 1)
  const router = new Router(store)
  router.carriersFor = async () => routes
  const phones = {
    contactsOf: async () => [],
    lapsed: async () => false,
    elsewhere: async () => undefined,
    place: () => assert.fail('no phone is rung'),
  }
  const addresses = {
    find: async () => {
      throw refusal('destination.not_allowed', {})
    },
    place: () => assert.fail('no address is rung'),
  }
  const numberOf = (number: string) => (number === '+12125550100' ? mine() : undefined)
  calls = new Calls({
    node: 'here',
    clock,
    journal: {
      callBegan() {},
      callEnded() {},
      faultFound: (error) => (faults ? void faults.push(error) : assert.fail(String(error))),
    },
    media: { place: () => place, state: () => [], stop: async () => {} },
    book: new CallBook({
      store: { write: (write, input) => (storeIsGone ? Promise.reject(new Error('gone')) : store.write(write, input)) },
      clock,
      journal: { loopFailed: (_loop, error) => void (storeIsGone || assert.fail(String(error))) },
    }),
    limits,
    admission: new AdmitCall({
      read: store,
      clock,
      nextId,
      node: 'n',
      prices,
      router,
      limits,
      phones,
      addresses,
      trunk,
      numberOf,
    }),
    incoming: new Incoming({
      read: store,
      clock,
      node: 'n',
      prices: { ...prices, rateOf: () => 'no_rate' },
      limits,
      accountOf: () => account(),
      numberOf,
      scriptFace: (face) => face ?? 'test',
    }),
    phones,
    addresses,
    trunk,
    runScript: (call, start) => void ran.push({ call, start }),
  })
}

beforeEach(() => {
  accountId += 1
  settings = {}
  routes = [1]
  price = 0
  ran = []
  legs = []
  detail = '{}'
  faults = undefined
  placing = undefined
  build()
})

const wish = (more: Partial<CallWish> = {}): CallWish => ({
  account: account(),
  face: 'test',
  origin: 'api',
  actor,
  to: { kind: 'number', number: '+12125550199' },
  from: '+12125550100',
  timeoutMs: 60_000,
  ...more,
})

/** Of a call that was refused before it was placed, once its record says so too. */
async function reasonOf(placed: Promise<LiveCall>): Promise<string> {
  const call = await placed
  if (!call.end) return 'none'
  assert.equal(call.leg, undefined)
  const { reason, error_id: errorId, ended_by: by, held_micro: held, state } = await rowOf(call)
  assert.deepEqual([reason, errorId, by, held, state === 'completed'], [call.end.reason, call.end.errorId, 'platform', 0, false])
  return call.end.reason
}

async function rowOf(call: LiveCall): Promise<CallRow> {
  // The end is written in its turn.
  for (;;) {
    const row = await readCallById(store, call.id)
    if (row?.ended_ms !== null && row !== undefined) return row
    await new Promise((resolve) => setImmediate(resolve))
  }
}

async function credit(amountMicro: number): Promise<void> {
  const now = clock.nowMs()
  await store.write(openBalance, { account: accountId, currency: 'USD', lowMicro: null, actor, now })
  await store.write(transferCredit, {
    account: accountId,
    kind: 'topup',
    amountMicro,
    currency: 'USD',
    memo: '',
    funder: null,
    actor,
    now,
  })
}

const incoming = (leg: FakeLeg, to = '+12125550100'): IncomingCall => ({
  id: leg.id,
  leg,
  listen: (news) => leg.tells(news),
  to,
  toHost: 'here',
  from: '+13105550101',
  fromName: '',
  via: { kind: 'trunk', carrierId: 1 },
  headers: {},
  source: '192.0.2.1:5060',
  raw: 'sip INVITE',
})

test('what goes out rings, is answered, runs its script and ends with its reason', async () => {
  const call = await calls.place(wish({ script: { face: 'test', page: null } }))
  legs[0]!.rings()
  assert.equal(call.state, 'ringing')
  assert.equal(ran.length, 0)
  legs[0]!.answers()
  assert.deepEqual(
    ran.map((one) => one.call.id),
    [call.id],
  )
  clock.advance(5_000)
  legs[0]!.ends()
  const row = await rowOf(call)
  assert.deepEqual([row.state, row.reason, row.ended_by, row.duration_ms], ['completed', 'call.completed', 'callee', 5_000])
  assert.equal(calls.size, 0)
})

test('over the next route while nobody was reached, and no further once somebody was', async () => {
  routes = [1, 2, 3]
  const call = await calls.place(wish())
  const fails = (leg: FakeLeg, next: 'elsewhere' | 'never') =>
    leg.fails({ reason: 'call.congestion', raw: 'sip 503', sipStatus: 503, next })
  fails(legs[0]!, 'elsewhere')
  assert.equal(call.row.carrier_id, 2)
  fails(legs[1]!, 'never')
  const row = await rowOf(call)
  assert.deepEqual([row.state, row.reason, row.carrier_id, legs.length], ['failed', 'call.congestion', 2, 2])
  assert.deepEqual(JSON.parse(row.detail).tried, [{ carrier: 1, reason: 'call.congestion', cause: 'sip 503' }])
})

test('numbers that are closed are refused, each with its own reason', async () => {
  const to = (number: string) => reasonOf(calls.place(wish({ to: { kind: 'number', number } })))
  assert.equal(await to('+442071838750'), 'destination.not_allowed')
  assert.equal(await to('+19005551234'), 'destination.high_risk')
  assert.equal(await to('+8821234567890'), 'destination.high_risk')
  assert.equal(await to('12'), 'destination.invalid')
  assert.equal(await reasonOf(calls.place(wish({ from: '+12125550177' }))), 'number.not_owned')
  assert.equal(await reasonOf(calls.place(wish({ to: { kind: 'client', login: 'nobody' } }))), 'client.not_found')
  const phone = await calls.place(wish({ to: { kind: 'client', login: 'client:anna' } }))
  const abroad = await calls.place(wish({ to: { kind: 'number', number: '+44 20 7183 8750' }, parent: phone, from: '' }))
  const { called, caller, parent_id: parent, session_id: session } = await rowOf(abroad)
  assert.deepEqual([called, caller, parent, session], ['+442071838750', '+12125550100', phone.id, phone.id])
  assert.equal((await rowOf(phone)).called, 'anna')
  routes = []
  assert.equal(await to('911'), 'call.emergency_not_routed')
  assert.equal(await to('+12125550199'), 'routing.no_route')
  settings = { voice: { countries: ['GB'], called: ['+44'] } }
  assert.equal(await to('+442071838750'), 'routing.no_route')
  assert.equal(await to('+12125550199'), 'call.called_not_allowed')
})

test('no more calls at once, and a second, than the account may', async () => {
  settings = { limits: { concurrentCalls: 2, callsPerSecond: 2 } }
  const first = await calls.place(wish())
  await calls.place(wish())
  assert.equal(await reasonOf(calls.place(wish())), 'call.concurrency_reached')
  first.hangUp(refusal('call.canceled_by_request'), 'application')
  assert.equal(await reasonOf(calls.place(wish())), 'rate.limit_exceeded')
  clock.advance(1_000)
  assert.equal(await reasonOf(calls.place(wish())), 'none')
})

test('no more at once either, when many are placed or come in at the same moment', async () => {
  settings = { limits: { concurrentCalls: 2 } }
  build()
  const placed = await Promise.all(Array.from({ length: 6 }, () => calls.place(wish())))
  assert.deepEqual(placed.map(({ end }) => end?.reason).toSorted(), [
    ...Array.from({ length: 4 }, () => 'call.concurrency_reached'),
    undefined,
    undefined,
  ])
  for (const leg of legs) leg.ends()
  for (const call of placed) await rowOf(call)
  const admitted = await Promise.all(Array.from({ length: 3 }, () => calls.admit(wish())))
  const rung = admitted.map((one) => calls.ring(one))
  assert.deepEqual(
    rung.map(({ end }) => end?.reason),
    [undefined, undefined, 'call.concurrency_reached'],
  )
  for (const call of rung) call.hangUp(refusal('call.canceled_by_request'), 'application')
  detail = passedOn
  const came = [1, 2, 3].map((n) => new FakeLeg(ids + n, 'in', place))
  ids += 3
  for (const leg of came) calls.takeIncoming(incoming(leg))
  const last = await rowOf({ id: came[2]!.id } as LiveCall)
  assert.equal(last.reason, 'call.concurrency_reached')
  assert.equal(ran.length, 2)
})

test('is shown as calling from a number that is its own, or that whoever called in has, and from no number that it called', async () => {
  const victim = '+12125550177'
  const outward = await calls.place(wish({ to: { kind: 'number', number: victim } }))
  assert.equal(await reasonOf(calls.place(wish({ from: victim, parent: outward }))), 'number.not_owned')
  detail = passedOn
  const leg = new FakeLeg((ids += 1), 'in', place)
  calls.takeIncoming({ ...incoming(leg), from: victim })
  while (ran.length === 0) await new Promise((resolve) => setImmediate(resolve))
  const onward = await calls.place(wish({ from: victim, parent: ran[0]!.call }))
  assert.deepEqual([onward.end, onward.row.caller], [undefined, victim])
})

test('a call that is passed on in a circle comes to its end', async () => {
  detail = passedOn
  const hops: (number | undefined)[] = []
  for (const hopsLeft of [70, 1, 0]) {
    const leg = Object.assign(new FakeLeg((ids += 1), 'in', place), { hopsLeft })
    calls.takeIncoming(incoming(leg))
    const parent = await new Promise<LiveCall>((resolve) => {
      const look = (): unknown => (calls.find(leg.id) ? resolve(calls.find(leg.id)!) : setImmediate(look))
      look()
    })
    wishes = []
    const onward = await calls.place(wish({ from: '', parent }))
    hops.push(wishes[0]?.hopsLeft)
    assert.equal(onward.end?.reason, hopsLeft === 0 ? 'call.network_failure' : undefined)
  }
  assert.deepEqual(hops, [69, 0, undefined])
})

test('is paid in slices, and ends when the balance bears no more', async () => {
  price = 60
  await credit(150)
  const call = await calls.place(wish())
  assert.equal((await readBalance(store, accountId))?.held_micro, 60)
  legs[0]!.answers()
  clock.advance(56_000)
  while ((await readBalance(store, accountId))?.held_micro !== 120) await new Promise((resolve) => setImmediate(resolve))
  // The third slice is asked for, and is not had: the call ends with the second.
  while (!call.over) {
    clock.advance(1_000)
    await new Promise((resolve) => setImmediate(resolve))
  }
  assert.ok(clock.nowMs() - call.row.answered_ms! >= 120_000)
  const row = await rowOf(call)
  assert.deepEqual([row.reason, row.price_micro, row.held_micro], ['credit.exhausted', 120, 0])
  const balance = await readBalance(store, accountId)
  assert.deepEqual([balance?.balance_micro, balance?.held_micro], [30, 0])
})

test('ends when the account has spent on calls what it may in a day, also one that began before', async () => {
  price = 60
  settings = { limits: { callSpendPerDayMicros: 100 } }
  // Calls of a day are found by when they began.
  ids = firstIdAt(clock.nowMs())
  await credit(1_000)
  const call = await calls.place(wish())
  legs[0]!.answers()
  const held = async (amount: number): Promise<void> => {
    while ((await readCallById(store, call.id))?.held_micro !== amount) await new Promise((resolve) => setImmediate(resolve))
  }
  await held(60)
  clock.advance(55_000)
  await held(120)
  clock.advance(60_000)
  while (!call.end) {
    await new Promise((resolve) => setImmediate(resolve))
    clock.advance(1_000)
  }
  assert.deepEqual([call.end.reason, call.end.by], ['call.spend_limit_reached', 'platform'])
})

test('without credit for its first slice nobody is rung', async () => {
  price = 60
  await credit(59)
  assert.equal(await reasonOf(calls.place(wish())), 'credit.insufficient')
  assert.deepEqual([legs.length, calls.size], [0, 0])
})

test('what comes in on a number that leads nowhere is refused and has a record', async () => {
  const leg = new FakeLeg((ids += 1), 'in', place)
  calls.takeIncoming(incoming(leg))
  for (;;) {
    const row = await readCallById(store, leg.id)
    if (row?.ended_ms) {
      assert.deepEqual([row.state, row.reason, row.ended_by], ['failed', 'number.not_found', 'platform'])
      break
    }
    await new Promise((resolve) => setImmediate(resolve))
  }
  assert.deepEqual(leg.done, ['refuse number.not_found'])
})

test('a call to nobody is refused without a record', async () => {
  const leg = new FakeLeg((ids += 1), 'in', place)
  calls.takeIncoming(incoming(leg, '+12125550000'))
  while (leg.done.length === 0) await new Promise((resolve) => setImmediate(resolve))
  assert.deepEqual(leg.done, ['refuse number.not_found'])
  assert.equal(await readCallById(store, leg.id), undefined)
})

test('a stop refuses what is new, waits, and ends what is left', async () => {
  const call = await calls.place(wish())
  legs[0]!.answers()
  const stopping = calls.stop(5_000)
  assert.equal(await reasonOf(calls.place(wish())), 'platform.service_unavailable')
  assert.equal(call.over, false)
  clock.advance(5_000)
  for (let n = 0; n < 20 && !call.over; n += 1) await new Promise((resolve) => setImmediate(resolve))
  clock.advance(2_000)
  await stopping
  assert.deepEqual([(await rowOf(call)).reason, legs[0]!.done], ['call.platform_stopped', ['hangUp call.platform_stopped']])
})

test('a leg that never tells its end is given up', async () => {
  const call = await calls.place(wish())
  legs[0]!.isDeaf = true
  call.hangUp(refusal('call.canceled_by_request'), 'application')
  assert.equal(call.over, false)
  clock.advance(60_000)
  assert.equal((await rowOf(call)).reason, 'call.canceled_by_request')
})

test('while nothing can be written nobody waits for it: who calls is refused, and a call that was begun is given up', async () => {
  storeIsGone = true
  void calls.place(wish())
  const [begun] = await liveOnes()
  while (!begun!.over) {
    clock.advance(500)
    await new Promise((resolve) => setImmediate(resolve))
  }
  const leg = new FakeLeg((ids += 1), 'in', place)
  calls.takeIncoming(incoming(leg))
  while (leg.done.length === 0) await new Promise((resolve) => setImmediate(resolve))
  assert.deepEqual(leg.done, ['refuse platform.database_unreachable'])
  storeIsGone = false
  let row: CallRow | undefined
  while (!row?.ended_ms) {
    clock.advance(500)
    await new Promise((resolve) => setImmediate(resolve))
    row = await readCallById(store, begun!.id)
  }
  assert.deepEqual([row.state, row.reason], ['failed', 'platform.database_unreachable'])
})

test('what a script did is known from its beginning on, also while the end of its call is not written yet', async () => {
  void calls.place(wish())
  const [call] = await liveOnes()
  call!.did.begin({ verb: 'pause', ms: 1 })
  await call!.record.kept
  storeIsGone = true
  call!.hangUp(refusal('call.terminated_by_request'), 'application')
  do await new Promise((resolve) => setImmediate(resolve))
  while (!call!.over)
  assert.deepEqual([calls.find(call!.id), (await readCallById(store, call!.id))?.ended_ms], [undefined, null])
  assert.deepEqual(
    calls.tracesOf(call!.id)?.verbs.map(({ verb }) => verb),
    ['pause'],
  )
  storeIsGone = false
  while (calls.tracesOf(call!.id)) {
    clock.advance(500)
    await new Promise((resolve) => setImmediate(resolve))
  }
  assert.match((await readCallById(store, call!.id))!.detail, /"verb":"pause"/)
})

/** Once there are any. */
async function liveOnes(): Promise<LiveCall[]> {
  for (;;) {
    const live = calls.ofAccount(accountId)
    if (live.length > 0) return live
    await new Promise((resolve) => setImmediate(resolve))
  }
}

test('a call that cannot be rung for a bug of ours has its end all the same', async () => {
  faults = []
  placing = () => {
    throw new Error('a bug')
  }
  const call = await calls.place(wish())
  assert.equal(call.end?.reason, 'platform.internal_error')
  assert.equal(calls.size, 0)
  assert.equal(faults.length, 1)
  await rowOf(call)
})

test('a call whose spending cannot be looked up goes on, and is paid for', async (t) => {
  faults = []
  settings = { limits: { callSpendPerDayMicros: 1_000_000 } }
  price = 60
  await credit(150)
  const call = await calls.place(wish())
  legs[0]!.answers()
  t.mock.method(CallLimits.prototype, 'requireSpending', () => Promise.reject(new Error('the store cannot be read')))
  clock.advance(56_000)
  while ((await readBalance(store, accountId))?.held_micro !== 120) await new Promise((resolve) => setImmediate(resolve))
  assert.equal(call.over, false)
  assert.equal(faults.length, 1)
  call.hangUp(refusal('call.completed'), 'platform')
  await rowOf(call)
})
