// Nodes on one PostgreSQL: who dies is noticed by the lock that is gone, who lives is left alone, and who was taken for dead is told so.

import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import pg from 'pg'
import { fenceNode, isNodeAlive, takeLease } from '#store/leases.ts'
import { openStore } from '#store/open-store.ts'
import { systemClock as clock } from '#values/clock.ts'
import { sharedCluster } from '../../test/postgres-cluster.ts'
import { takeNodeNumber } from './node-number.ts'
import { watchNodes } from './watch-nodes.ts'
const dataDir = mkdtempSync(join(tmpdir(), 'offhook-test-'))
const undo: (() => unknown)[] = []
after(async () => {
  for (const step of undo.toReversed()) await step()
  rmSync(dataDir, { recursive: true, force: true })
})

async function openStores(n: number) {
  const url = await (await sharedCluster()).newDatabase()
  const open = async () => {
    const store = await openStore({ url, dataDir, clock })
    undo.push(() => store.close())
    return store
  }
  return { url, stores: await Promise.all(Array.from({ length: n }, open)) }
}

test('a node whose connection is gone is told of once, and those that are there are not', { timeout: 300_000 }, async () => {
  const {
    stores: [dying, living, watching],
  } = await openStores(3)
  await takeNodeNumber(dying!, clock, 'dying', () => {})
  const kept = await takeNodeNumber(living!, clock, 'living', () => assert.fail('it lives'))
  await takeNodeNumber(watching!, clock, 'watching', () => assert.fail('it lives'))
  const { promise, resolve } = Promise.withResolvers<string>()
  const dead: string[] = []
  const watches = [living!, watching!].map((store, at) =>
    watchNodes({
      store,
      clock,
      node: ['living', 'watching'][at]!,
      onDead: (node) => {
        dead.push(node)
        resolve(node)
      },
      onError: (error) => assert.fail(String(error)),
    }),
  )
  // As when the process is killed: nothing is given back.
  await dying!.close()
  assert.equal(await promise, 'dying')
  // A look of each later they still agree.
  await living!.presence!.absent('living', clock.nowMs())
  for (const watch of watches) watch.stop()
  assert.deepEqual(dead, ['dying'])
  assert.equal(await isNodeAlive(watching!, 'dying', clock.nowMs()), false)
  assert.equal(await isNodeAlive(watching!, 'living', clock.nowMs()), true)
  // Its number is nobody's until its lease has run out.
  const next = await takeNodeNumber(watching!, clock, 'next', () => {})
  assert.ok(![0, kept.number].includes(next.number))
})

test('who has its lock is not taken for dead, and who was cannot renew', { timeout: 300_000 }, async () => {
  const {
    url,
    stores: [one, other],
  } = await openStores(2)
  const { promise: lost, resolve: onLost } = Promise.withResolvers<void>()
  const { number } = await takeNodeNumber(one!, clock, 'one', onLost)
  const thing = `node ${number}`
  await other!.write(takeLease, { thing: 'loop x', node: 'one', nowMs: clock.nowMs(), forMs: 60_000 })
  assert.equal(await other!.write(fenceNode, { thing, node: 'one', epoch: 1 }), false)
  await one!.presence!.letGo()
  assert.equal(await other!.write(fenceNode, { thing, node: 'one', epoch: 1 }), true)
  assert.equal(await other!.write(fenceNode, { thing, node: 'one', epoch: 1 }), false)
  // What it ran is anybody's.
  assert.equal(await other!.write(takeLease, { thing: 'loop x', node: 'other', nowMs: clock.nowMs(), forMs: 60_000 }), 3)
  // When its connection is back it looks at once.
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  await client.query(
    `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`,
  )
  await client.end()
  await lost
})
