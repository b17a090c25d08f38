// Rates: the longest prefix, charging blocks, CSV, and prices from memory that follow every change.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { onBothEngines } from '../../test/both-engines.ts'
import { createAccount } from '#store/accounts.ts'
import { buyPackage, createPackage } from '#store/packages.ts'
import { assignRateDeck, createRateDeck, deleteRateDeck, replaceRates } from '#store/rate-decks.ts'
import { openBalance, transferCredit } from '#store/transfers.ts'
import { readBalance } from '#store/credit.ts'
import type { Store } from '#store/store.ts'
import { Refusal } from '#reasons/refusal.ts'
import { systemClock } from '#values/clock.ts'
import { Prices } from './prices.ts'
import { csvOfRates, ratesFromCsv } from './rate-csv.ts'
import { amountOf, RateTree } from './rate-tree.ts'

const deckOf = (...lines: string[]) => ratesFromCsv(['service,direction,prefix,price,per,first,next', ...lines].join('\n'))
const treeOf = (...lines: string[]) =>
  new RateTree(
    'USD',
    deckOf(...lines).map((rate) => ({ ...rate, deck_id: 1 })),
  )

test('the longest prefix counts, for its own service and direction', () => {
  const tree = treeOf('sms,out,,0.05', 'sms,out,1,0.0075', 'sms,out,1212,0.01', 'sms,in,1,0', 'call,out,44,0.02,60,60,60')
  const price = (service: string, direction: 'out' | 'in', number: string) => tree.find(service, direction, number)?.price_micro
  assert.equal(price('sms', 'out', '+12125550100'), 10_000)
  assert.equal(price('sms', 'out', '+12135550100'), 7500)
  assert.equal(price('sms', 'out', '4915155501'), 50_000)
  assert.equal(price('sms', 'in', '+12125550100'), 0)
  assert.equal(price('sms', 'in', '+4915155501'), undefined)
  assert.equal(price('call', 'out', '+447700900000'), 20_000)
  assert.equal(price('call', 'out', '+4'), undefined)
  assert.equal(price('fax', 'out', '+1'), undefined)
  assert.equal(price('sms', 'out', 'sip:somebody'), 50_000)
  // A prefix does not count for a number that is shorter than it.
  assert.equal(price('sms', 'out', '+121'), 7500)
})

test('units are charged in blocks, and rounded up to a millionth', () => {
  const rate = { price_micro: 14_000, per: 60, first_block: 60, next_block: 60 }
  assert.equal(amountOf(rate, 1), 14_000)
  assert.equal(amountOf(rate, 60), 14_000)
  assert.equal(amountOf(rate, 61), 28_000)
  assert.equal(amountOf({ ...rate, first_block: 30, next_block: 6 }, 31), Math.ceil((14_000 * 36) / 60))
  assert.equal(amountOf({ ...rate, price_micro: 1, first_block: 1, next_block: 1 }, 1), 1)
  assert.equal(amountOf({ price_micro: 7500, per: 1, first_block: 1, next_block: 1 }, 3), 22_500)
})

test('a deck goes through CSV and comes back; its faults are told with their line', () => {
  const rates = deckOf('sms,out,,0.05,1,1,1', 'call,out,44,1.20,60,30,6')
  assert.deepEqual(ratesFromCsv(csvOfRates(rates)), rates)
  assert.deepEqual(ratesFromCsv('prefix,price,service\r\n+65,1,sms\r\n'), [
    { service: 'sms', direction: 'out', prefix: '65', price_micro: 1_000_000, per: 1, first_block: 1, next_block: 1 },
  ])
  const reasonOf = (line: string) => {
    try {
      deckOf('sms,out,1,0.01', line)
    } catch (error) {
      return error instanceof Refusal ? error.reason : error
    }
    return undefined
  }
  assert.equal(reasonOf('sms,out,2,-0.01'), 'rating.charge_rate_invalid')
  assert.equal(reasonOf('sms,out,2,free'), 'rating.charge_rate_invalid')
  assert.equal(reasonOf('call,out,2,1,60,0,1'), 'rating.charging_block_invalid')
  assert.equal(reasonOf('call,out,2,1,60,1,1.5'), 'rating.charging_block_invalid')
  assert.equal(reasonOf('call,out,2,1,-60'), 'rating.charging_block_invalid')
  assert.equal(reasonOf('sms,out,1,0.02'), 'request.parameter_invalid')
  assert.equal(reasonOf('sms,up,2,0.02'), 'request.parameter_invalid')
  assert.equal(reasonOf('sms,out,2x,0.02'), 'request.parameter_invalid')
  assert.throws(() => ratesFromCsv('prefix,price\n1,1'), Refusal)
})

const actor = { face: 'test' }
const now = 1_750_000_000_000

async function started(store: Store): Promise<void> {
  const common = { name: '', status: 'active', kind: 'full', settings: '{}', created_ms: now, updated_ms: now, version: 1 }
  await store.write(createAccount, { row: { id: 1, parent_id: null, path: '/1/', depth: 0, ...common }, actor })
  await store.write(createAccount, { row: { id: 2, parent_id: 1, path: '/1/2/', depth: 1, ...common }, actor })
}

const deck = (store: Store, id: number, csv: string, currency = 'USD') =>
  store.write(createRateDeck, {
    row: { id, name: `deck ${id}`, currency, created_ms: now, updated_ms: now, version: 1 },
    rates: ratesFromCsv(csv),
    accountId: 1,
    actor,
  })

onBothEngines('prices', ({ open }) => {
  test('prices come from the nearest deck and follow every change of it', async () => {
    const store = await open()
    await started(store)
    const prices = new Prices(store, systemClock)
    const account = { id: 2, path: '/1/2/' }
    const ask = async (to = '+12125550100') =>
      prices.priceOf({ account, service: 'sms', direction: 'out', from: '', to, units: 2 })
    assert.deepEqual(await ask(), { amountMicro: 0, currency: 'USD' })
    await deck(store, 10, 'service,prefix,price\nsms,1,0.01')
    await store.write(assignRateDeck, { account: 1, deck: 10, actor, now })
    assert.deepEqual(await ask(), { amountMicro: 20_000, currency: 'USD' })
    assert.equal(await ask('+4915155501'), 'no_rate')
    // From memory: no promise.
    const known = prices.priceOf({ account, service: 'sms', direction: 'out', from: '', to: '+1', units: 1 })
    assert.deepEqual(known, { amountMicro: 10_000, currency: 'USD' })
    await store.write(replaceRates, { id: 10, rates: ratesFromCsv('service,prefix,price\nsms,,1'), accountId: 1, actor, now })
    assert.deepEqual(await ask(), { amountMicro: 2_000_000, currency: 'USD' })
    await deck(store, 11, 'service,prefix,price\nsms,1,0.5', 'EUR')
    await store.write(assignRateDeck, { account: 2, deck: 11, actor, now })
    assert.deepEqual(await ask(), { amountMicro: 1_000_000, currency: 'EUR' })
    assert.deepEqual(await store.write(deleteRateDeck, { id: 11, accountId: 1, actor, now }), { deleted: false, inUse: true })
    assert.equal(await prices.payerOf(account), null)
    await store.write(openBalance, { account: 2, currency: 'USD', lowMicro: null, actor, now })
    assert.equal(await prices.payerOf(account), 2)
    // A balance in dollars is not charged euros.
    await assert.rejects(ask, { reason: 'credit.deduction_failed' })
    await store.write(assignRateDeck, { account: 2, deck: null, actor, now })
    assert.deepEqual(await ask(), { amountMicro: 2_000_000, currency: 'USD' })
    assert.equal(await store.write(assignRateDeck, { account: 2, deck: 999, actor, now }), false)
  })

  test('a package is charged, adds its credit and brings its deck for its time', async () => {
    const store = await open()
    await started(store)
    let at = now
    const prices = new Prices(store, { ...systemClock, nowMs: () => at })
    const account = { id: 2, path: '/1/2/' }
    const ask = async () => prices.priceOf({ account, service: 'sms', direction: 'out', from: '', to: '+1', units: 1 })
    await deck(store, 10, 'service,prefix,price\nsms,,0.05')
    await deck(store, 11, 'service,prefix,price\nsms,,0.01')
    await store.write(assignRateDeck, { account: 1, deck: 10, actor, now })
    await store.write(openBalance, { account: 2, currency: 'USD', lowMicro: null, actor, now })
    const row = {
      id: 20,
      name: 'small',
      price_micro: 5_000_000,
      currency: 'USD',
      credit_micro: 1_000_000,
      valid_days: 30,
      deck_id: 11,
      offered: 1,
      created_ms: now,
      updated_ms: now,
      version: 1,
    }
    await store.write(createPackage, { row, accountId: 1, actor })
    const buy = (id = 20) => store.write(buyPackage, { account: 2, id, actor, now: at })
    assert.deepEqual(await buy(99), { refused: 'package' })
    const poor = await buy()
    assert.ok('short' in poor && poor.short.why === 'short' && poor.short.requiredMicro === 5_000_000)
    const topup = { account: 2, kind: 'topup', amountMicro: 9_000_000, currency: 'USD', memo: '', funder: null, actor, now }
    await store.write(transferCredit, topup)
    const dayMs = 86_400_000
    const bought = await buy()
    assert.ok('row' in bought && bought.row.expires_ms === now + 30 * dayMs)
    assert.equal((await readBalance(store, 2))?.balance_micro, 5_000_000)
    assert.deepEqual(await ask(), { amountMicro: 10_000, currency: 'USD' })
    // The same again goes on from its end.
    const again = await buy()
    assert.ok('row' in again && again.row.expires_ms === now + 60 * dayMs)
    at = now + 60 * dayMs
    assert.deepEqual(await ask(), { amountMicro: 50_000, currency: 'USD' })
  })
})
