// One lease: held by one node at a time, taken over when it ran out, given back; on a store of one process always held.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { onBothEngines } from '../../test/both-engines.ts'
import { handClock } from '#values/clock.ts'
import { Lease, leaseMs } from './lease.ts'

onBothEngines('leases', ({ engine, newPlace, open }) => {
  const shared = { skip: engine === 'sqlite' && 'one process has a SQLite store' }

  test('who is alone holds it, and may give it back and take it again', async () => {
    const lease = new Lease('a thing', { store: await open(), clock: handClock(), node: 'a' })
    assert.equal(await lease.hold(), true)
    assert.equal(lease.isHeld, true)
    assert.equal(await lease.keep(), true)
    await lease.release()
    assert.equal(await lease.take(), true)
  })

  test('a store of one process is not asked', { skip: engine === 'postgres' && 'its stores are shared' }, async () => {
    const store = await open()
    const lease = new Lease('a thing', { store, clock: handClock(), node: 'a' })
    await store.close()
    assert.equal(await lease.hold(), true)
    await lease.release()
  })

  test('of two one holds it, until it gives it back', shared, async () => {
    const place = await newPlace()
    const clock = handClock()
    const ofNode = async (node: string) => new Lease('a thing', { store: await open(place), clock, node })
    const [a, b] = [await ofNode('a'), await ofNode('b')]
    assert.equal(a.isHeld, false)
    assert.equal(await a.keep(), false, 'what was never taken cannot be kept')
    assert.equal(await a.hold(), true)
    assert.equal(await b.hold(), false)
    await b.release()
    assert.equal(await a.keep(), true, 'only its holder gives it back')
    await a.release()
    assert.equal(a.isHeld, false)
    assert.equal(await b.hold(), true)
  })

  test('one that ran out is another’s, and who slept too long cannot keep it', shared, async () => {
    const place = await newPlace()
    const clock = handClock()
    const ofNode = async (node: string) => new Lease('a thing', { store: await open(place), clock, node })
    const [a, b] = [await ofNode('a'), await ofNode('b')]
    assert.equal(await a.take(), true)
    clock.advance(leaseMs - 1)
    assert.equal(await b.take(), false)
    assert.equal(await a.keep(), true)
    clock.advance(leaseMs)
    assert.equal(await b.take(), true)
    assert.equal(await a.keep(), false)
    assert.equal(a.isHeld, false)
    assert.equal(await a.hold(), false)
    await a.release()
    assert.equal(await b.keep(), true)
  })

  test('what is lost is not given back', shared, async () => {
    const place = await newPlace()
    const clock = handClock()
    const ofNode = async (node: string) => new Lease('a thing', { store: await open(place), clock, node })
    const [a, b] = [await ofNode('a'), await ofNode('b')]
    assert.equal(await a.take(), true)
    a.lose()
    assert.equal(a.isHeld, false)
    await a.release()
    assert.equal(await b.take(), false)
    assert.equal(await a.hold(), true)
  })
})
