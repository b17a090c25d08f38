// Credit on both engines: many at once never spend more than there is, and the ledger sums up to the balances.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { onBothEngines } from '../../test/both-engines.ts'
import { charge, hold, release, settle } from '../../test/fakes/credit-writes.ts'
import { randomFrom } from '../../test/fuzz/random.ts'
import { createAccount } from './accounts.ts'
import { readBalance, readPayer, type CreditItem } from './credit.ts'
import { happeningsOf } from './happenings.ts'
import type { Store } from './store.ts'
import { ledgerGaps, listTransfers } from './transfer-rows.ts'
import { closeBalance, openBalance, setLowCredit, transferCredit } from './transfers.ts'
import { readUsage, readUsageOfTree } from './usage-days.ts'

const actor = { face: 'test' }
const now = 1_750_000_000_000
const day = Math.floor(now / 86_400_000)

async function account(store: Store, id: number, path: string): Promise<void> {
  const ids = path.split('/').filter(Boolean)
  const row = { id, path, depth: ids.length - 1, name: '', status: 'active', kind: 'full', settings: '{}', version: 1 }
  await store.write(createAccount, {
    row: { ...row, parent_id: ids.length > 1 ? Number(ids.at(-2)) : null, created_ms: now, updated_ms: now },
    actor,
  })
}

async function tree(store: Store): Promise<void> {
  await account(store, 1, '/1/')
  await account(store, 2, '/1/2/')
  await account(store, 3, '/1/2/3/')
}

const open = (store: Store, id: number, currency = 'USD') =>
  store.write(openBalance, { account: id, currency, lowMicro: null, actor, now })

const move = (store: Store, id: number, amountMicro: number, funder: number | null = null) =>
  store.write(transferCredit, { account: id, kind: 'topup', amountMicro, currency: 'USD', memo: '', funder, actor, now })

const item = (nounId: number, amountMicro: number, payer: number | null = 2): CreditItem => ({
  noun: 'messages',
  nounId,
  payer,
  account: 3,
  amountMicro,
  currency: 'USD',
  service: 'sms',
  units: 2,
})

const kinds = async (store: Store, id: number): Promise<string[]> =>
  (await happeningsOf(store, 'balances', id)).map(({ kind }) => kind)

onBothEngines('credit', ({ open: openStore }) => {
  test('of 200 holds at once against credit for 50, exactly 50 are granted', async () => {
    const store = await openStore()
    await tree(store)
    await open(store, 2)
    await move(store, 2, 50 * 7500 + 7499)
    const held = await Promise.all(Array.from({ length: 200 }, () => store.write(hold, { payer: 2, amountMicro: 7500, now })))
    assert.equal(held.filter(Boolean).length, 50)
    assert.equal((await readBalance(store, 2))?.held_micro, 50 * 7500)
    // What could not be had was told once.
    assert.deepEqual(await kinds(store, 2), ['created', 'moved', 'exhausted'])
    await store.write(settle, { items: Array.from({ length: 30 }, (_, n) => item(n, 7500)), now })
    await store.write(release, { items: Array.from({ length: 20 }, (_, n) => item(n, 7500)), now })
    const row = (await readBalance(store, 2))!
    assert.deepEqual([row.balance_micro, row.held_micro], [20 * 7500 + 7499, 0])
    assert.deepEqual(await ledgerGaps(store), [])
    const [last] = await listTransfers(store, { scope: 2, limit: 1 })
    assert.equal(last?.items, 30)
    assert.equal(last?.amount_micro, 30 * 7500)
    const [used] = await readUsage(store, 3, day, day)
    assert.deepEqual([used?.items, used?.units, used?.price_micro], [30, 60, 30 * 7500])
  })

  test('an account pays from the nearest balance above it, and later when there is none', async () => {
    const store = await openStore()
    await tree(store)
    assert.equal(await readPayer(store, 3), undefined)
    await open(store, 2)
    assert.equal((await readPayer(store, 3))?.account_id, 2)
    assert.equal(await readPayer(store, 1), undefined)
    await open(store, 3)
    assert.equal((await readPayer(store, 3))?.account_id, 3)
    assert.deepEqual(await open(store, 3), { row: null })
  })

  test('what nobody pays beforehand is counted and moves nothing', async () => {
    const store = await openStore()
    await tree(store)
    assert.deepEqual(await store.write(settle, { items: [item(1, 7500, null), item(2, 7500, null)], now }), [])
    assert.deepEqual(await listTransfers(store, { limit: 10 }), [])
    const used = await readUsageOfTree(store, '/1/2/', day, day)
    assert.deepEqual(
      used.map(({ service, direction, items, units, price_micro }) => [service, direction, items, units, price_micro]),
      [['sms', 'out', 2, 4, 15_000]],
    )
  })

  test('many withdrawals, charges and holds at once never take more than there is', async () => {
    const store = await openStore()
    await tree(store)
    await open(store, 2)
    await move(store, 2, 1_000_000)
    const buying = { account: 3, amountMicro: 10_000, currency: 'USD', noun: 'numbers', nounId: 9, service: 'number', now }
    await Promise.all(
      Array.from({ length: 90 }, async (_, n) => {
        if (n % 3 === 0) return store.write(charge, buying)
        if (n % 3 === 1) return store.write(hold, { payer: 2, amountMicro: 20_000, now })
        return move(store, 2, -30_000)
      }),
    )
    const row = (await readBalance(store, 2))!
    assert.ok(row.held_micro <= row.balance_micro, JSON.stringify(row))
    // Whatever came first: the least of them did not fit any more, or all of its kind were had.
    assert.ok(row.balance_micro - row.held_micro < 30_000)
    assert.deepEqual(await ledgerGaps(store), [])
  })

  test('low and exhausted credit are told once each, and again after a top-up', async () => {
    const store = await openStore()
    await tree(store)
    await open(store, 2)
    await store.write(setLowCredit, { account: 2, lowMicro: 50, actor, now })
    await move(store, 2, 100)
    const spend = (amountMicro: number) =>
      store.write(charge, { account: 2, amountMicro, currency: 'USD', noun: 'x', nounId: 1, service: 'number', now })
    for (const amount of [40, 20, 10]) assert.equal(await spend(amount), null)
    const short = await spend(31)
    assert.deepEqual(short, { why: 'short', requiredMicro: 31, balanceMicro: 30, currency: 'USD' })
    await spend(30)
    const told = ['created', 'updated', 'moved', 'low', 'exhausted']
    assert.deepEqual(await kinds(store, 2), told)
    await move(store, 2, 100)
    await spend(60)
    assert.deepEqual(await kinds(store, 2), [...told, 'moved', 'low'])
  })

  test('an account that pays beforehand gives from its own to those below it', async () => {
    const store = await openStore()
    await tree(store)
    await open(store, 2)
    await open(store, 3)
    await move(store, 2, 100)
    const refused = await move(store, 3, 101, 2)
    assert.ok('refused' in refused && refused.refused === 'credit' && refused.whose === 'funder')
    assert.ok('row' in (await move(store, 3, 60, 2)))
    assert.ok('row' in (await move(store, 3, -10, 2)))
    assert.equal((await readBalance(store, 2))?.balance_micro, 50)
    assert.equal((await readBalance(store, 3))?.balance_micro, 50)
    assert.deepEqual(await ledgerGaps(store), [])
    assert.equal((await store.write(closeBalance, { account: 3, actor, now })).closed, false)
    await move(store, 3, -50, 2)
    assert.equal((await store.write(closeBalance, { account: 3, actor, now })).closed, true)
  })

  test('a balance in another currency, or that does not add up, is charged nothing', async () => {
    const store = await openStore()
    await tree(store)
    await open(store, 2, 'EUR')
    const used = { account: 3, amountMicro: 1, currency: 'USD', noun: 'numbers', nounId: 1, service: 'number', now }
    assert.equal((await store.write(charge, used))?.why, 'broken')
    assert.deepEqual(await store.write(settle, { items: [item(1, 5)], now }), [2])
    assert.deepEqual(await kinds(store, 2), ['created', 'charge_failed'])
    assert.deepEqual(await listTransfers(store, { scope: 2, limit: 10 }), [])
  })

  test('whatever is done in whatever order, the ledger sums up to the balances', async () => {
    const store = await openStore()
    await tree(store)
    await open(store, 2)
    await open(store, 3)
    await move(store, 2, 5000)
    const random = randomFrom(7)
    const upTo = (most: number): number => 1 + random.below(most)
    const held: number[] = []
    for (let round = 0; round < 150; round += 1) {
      const pick = upTo(6)
      const amount = upTo(400)
      if (pick === 1) await move(store, 2, amount)
      else if (pick === 2) await move(store, 2, -amount)
      else if (pick === 3) await move(store, 3, upTo(2) === 1 ? amount : -amount, 2)
      else if (pick === 4) {
        if (await store.write(hold, { payer: 2, amountMicro: amount, now })) held.push(amount)
      } else if (pick === 5 && held.length > 0) {
        const items = held.splice(0, upTo(3)).map((one, n) => item(n, one))
        await store.write(upTo(2) === 1 ? settle : release, { items, now })
      } else {
        await store.write(charge, { account: 3, amountMicro: amount, currency: 'USD', noun: 'x', nounId: 1, service: 's', now })
      }
    }
    assert.deepEqual(await ledgerGaps(store), [])
    assert.equal(
      (await readBalance(store, 2))?.held_micro,
      held.reduce((sum, one) => sum + one, 0),
    )
    const transfers = await listTransfers(store, { limit: 1000 })
    assert.ok(transfers.length > 60)
    const booked = transfers.filter(({ account_id: id }) => id === 2)
    const sum = booked.reduce((so, { credit_book: to, amount_micro: amount }) => so + (to === 'available' ? amount : -amount), 0)
    assert.equal((await readBalance(store, 2))?.balance_micro, sum)
  })
})
