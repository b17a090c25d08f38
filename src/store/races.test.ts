// What can race: counters, slices of a rate window, lock-outs, leases. Each on both engines, many at once.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { onBothEngines } from '../../test/both-engines.ts'
import { addMeta } from '../../test/fakes/store-writes.ts'
import { counted } from './counters.ts'
import { releaseLease, renewLease, takeLease } from './leases.ts'
import { clearLockout, failLockout, purgeLockouts, readLockout } from './lockouts.ts'
import { purgeRateWindows, takeSlice } from './rate-windows.ts'

onBothEngines('races', ({ open }) => {
  test('counters count every one of many concurrent writes', async () => {
    const store = await open()
    await Promise.all(Array.from({ length: 60 }, (_, n) => store.write(addMeta, { name: `n${n}`, value: '' })))
    assert.equal(await counted(store, 1, 'meta'), 60)
    assert.equal(await counted(store, 1, 'never counted'), 0)
  })

  test('slices of a window never exceed its limit, and are granted up to it', async () => {
    const place = await open()
    const ask = { bucket: 'account 1', windowMs: 60_000, slice: 7, limit: 100 }
    const granted = await Promise.all(Array.from({ length: 40 }, () => place.write(takeSlice, ask)))
    assert.equal(
      granted.reduce((sum, one) => sum + one, 0),
      100,
    )
    assert.ok(granted.every((one) => one >= 0 && one <= 7))
    assert.equal(await place.write(takeSlice, ask), 0)
    assert.equal(await place.write(takeSlice, { ...ask, windowMs: 120_000 }), 7)
    assert.equal(await place.write(takeSlice, { ...ask, bucket: 'account 2', slice: 500 }), 100)
    assert.equal(await place.write(purgeRateWindows, { beforeMs: 60_001, limit: 10 }), 2)
  })

  test('a wrong proof repeated counts once in a row, and the limit locks for its time', async () => {
    const store = await open()
    const fail = (proof: string, now: number) =>
      store.write(failLockout, { subject: 'user 1', proof, now, limit: 3, lockMs: 1000 })
    assert.deepEqual(await fail('a', 0), { failures: 1, lockedUntilMs: 0 })
    assert.deepEqual(await fail('a', 1), { failures: 1, lockedUntilMs: 0 })
    assert.deepEqual(await fail('b', 2), { failures: 2, lockedUntilMs: 0 })
    assert.deepEqual(await fail('a', 3), { failures: 3, lockedUntilMs: 1003 })
    // While locked nothing is counted and the lock is not prolonged.
    assert.deepEqual(await fail('z', 500), { failures: 3, lockedUntilMs: 1003 })
    assert.equal((await readLockout(store, 'user 1'))?.locked_until_ms, 1003)
    // Afterwards it begins anew.
    assert.deepEqual(await fail('z', 1003), { failures: 1, lockedUntilMs: 0 })
    assert.equal(await store.write(clearLockout, { subject: 'user 1' }), true)
    assert.equal(await readLockout(store, 'user 1'), undefined)
  })

  test('old failures are forgotten after the time of a lock', async () => {
    const store = await open()
    const fail = (proof: string, now: number) => store.write(failLockout, { subject: 's', proof, now, limit: 2, lockMs: 1000 })
    await fail('a', 0)
    assert.deepEqual(await fail('b', 1000), { failures: 1, lockedUntilMs: 0 })
    assert.equal(await store.write(purgeLockouts, { beforeMs: 1001, limit: 10 }), 1)
  })

  test('many different wrong proofs at once lock exactly at the limit', async () => {
    const store = await open()
    const states = await Promise.all(
      Array.from({ length: 20 }, (_, n) =>
        store.write(failLockout, { subject: 's', proof: `p${n}`, now: 5, limit: 4, lockMs: 1000 }),
      ),
    )
    assert.equal(states.filter(({ lockedUntilMs }) => lockedUntilMs === 0).length, 3)
    assert.equal((await readLockout(store, 's'))?.failures, 4)
  })

  test('a lease has one holder; who lost it cannot renew it', async () => {
    const store = await open()
    const ask = (node: string, nowMs: number) => ({ thing: 'loop x', node, nowMs, forMs: 100 })
    const taken = await Promise.all(['a', 'b', 'c', 'd'].map((node) => store.write(takeLease, ask(node, 0))))
    assert.equal(taken.filter((epoch) => epoch !== null).length, 1)
    const holder = ['a', 'b', 'c', 'd'][taken.findIndex((epoch) => epoch !== null)]!
    assert.equal(await store.write(renewLease, { ...ask(holder, 50), epoch: 1 }), true)
    assert.equal(await store.write(takeLease, ask('late', 149)), null)
    assert.equal(await store.write(takeLease, ask('late', 150)), 2)
    assert.equal(await store.write(renewLease, { ...ask(holder, 150), epoch: 1 }), false)
    assert.equal(await store.write(releaseLease, { thing: 'loop x', node: holder, epoch: 1 }), false)
    assert.equal(await store.write(releaseLease, { thing: 'loop x', node: 'late', epoch: 2 }), true)
    assert.equal(await store.write(takeLease, ask('next', 151)), 3)
  })
})
