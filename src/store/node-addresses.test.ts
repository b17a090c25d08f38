import assert from 'node:assert/strict'
import { test } from 'node:test'
import { onBothEngines } from '../../test/both-engines.ts'
import { takeLease } from './leases.ts'
import { forgetNodeAddress, sipOfNode, tellNodeAddress } from './node-addresses.ts'

onBothEngines('addresses of nodes', (bench) => {
  test('one counts for as long as its node lives', async () => {
    const store = await bench.open()
    const lease = { thing: 'node 3', node: 'a', nowMs: 100, forMs: 50 }
    await store.write(tellNodeAddress, { node: 'a', sip: '10.0.0.5:5070', now: 100 })
    assert.equal(await sipOfNode(store, 'a', 100), undefined)
    await store.write(takeLease, lease)
    assert.equal(await sipOfNode(store, 'a', 149), '10.0.0.5:5070')
    assert.equal(await sipOfNode(store, 'b', 149), undefined)
    assert.equal(await sipOfNode(store, 'a', 150), undefined)
    await store.write(tellNodeAddress, { node: 'a', sip: '10.0.0.5:5071', now: 120 })
    assert.equal(await sipOfNode(store, 'a', 120), '10.0.0.5:5071')
    await store.write(forgetNodeAddress, { node: 'a' })
    assert.equal(await sipOfNode(store, 'a', 120), undefined)
  })

  test('those of nodes that are no more go when another tells its own', async () => {
    const store = await bench.open()
    await store.write(takeLease, { thing: 'node 1', node: 'a', nowMs: 100, forMs: 50 })
    await store.write(tellNodeAddress, { node: 'a', sip: '10.0.0.5:5070', now: 100 })
    await store.write(tellNodeAddress, { node: 'b', sip: '10.0.0.6:5070', now: 200 })
    // As if it had its lease again: the address is gone all the same.
    assert.equal(await sipOfNode(store, 'a', 149), undefined)
  })
})
