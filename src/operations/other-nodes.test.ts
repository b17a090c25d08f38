// Two nodes on one PostgreSQL ask each other: an operation is run where it belongs, once or never, and whoever asked is told how it came out.

import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Account } from '#accounts/account.ts'
import type { Caller } from '#accounts/caller.ts'
import { Refusal, refuse } from '#reasons/refusal.ts'
import { releaseLease, takeLease } from '#store/leases.ts'
import { hasCommands, takeCommands } from '#store/node-commands.ts'
import { openStore } from '#store/open-store.ts'
import { systemClock } from '#values/clock.ts'
import { idSource } from '#values/ids.ts'
import { Key } from '#values/secrets.ts'
import { sharedCluster } from '../../test/postgres-cluster.ts'
import { allOperations } from './all.ts'
import { endCallOperation } from './calls/change-calls.ts'
import { OtherNodes, type OtherNodesLimits } from './other-nodes.ts'
import type { Run } from './run.ts'
const dataDir = mkdtempSync(join(tmpdir(), 'offhook-test-'))
const undo: (() => unknown)[] = []
after(async () => {
  for (const step of undo.toReversed()) await step()
  rmSync(dataDir, { recursive: true, force: true })
})

const account = { id: 7, path: '/7/' } as Account
const caller: Caller = {
  face: 'v1',
  account,
  home: account,
  user: null,
  credentialId: 5,
  app: null,
  permissions: new Set(['calls.write']),
  keyName: 'k',
}
const key = new Key('00'.repeat(32))

interface Place {
  nodes(name: string, number: number, limits?: Partial<OtherNodesLimits>): Promise<OtherNodes>
  readonly store: Awaited<ReturnType<typeof openStore>>
  readonly faults: unknown[]
}

async function newPlace(): Promise<Place> {
  const url = await (await sharedCluster()).newDatabase()
  const open = async () => {
    const store = await openStore({ url, dataDir, clock: systemClock })
    undo.push(() => store.close())
    return store
  }
  const faults: unknown[] = []
  return {
    faults,
    store: await open(),
    async nodes(name, number, limits = {}) {
      const store = await open()
      await store.write(takeLease, { thing: `node ${number}`, node: name, nowMs: systemClock.nowMs(), forMs: 600_000 })
      const nodes = new OtherNodes({
        store,
        clock: systemClock,
        key,
        nextId: idSource(systemClock, number),
        operations: allOperations,
        node: name,
        accountOf: (id) => (id === account.id ? account : undefined),
        refusalOf: (error) => (error instanceof Refusal ? error : undefined),
        fault: (error) => void faults.push(error),
        // Where a test says nothing else, nobody is too slow.
        limits: { takenMs: 60_000, ...limits },
      })
      undo.push(() => nodes.stop())
      return nodes
    },
  }
}

const refused = (reason: string) => (error: unknown) => error instanceof Refusal && error.reason === reason

test('what is asked is run there, as whoever asked, and its output or refusal comes back', async () => {
  const place = await newPlace()
  const here = await place.nodes('here', 1, { lookMs: 50 })
  const there = await place.nodes('there', 2, { lookMs: 50 })
  const ran: unknown[] = []
  there.start((async (operation, who, input: any, options) => {
    ran.push([operation.name, who.account.id, [...who.permissions], who.credentialId, input, options])
    if (input.id === 2) refuse('call.state_invalid', { state: 'queued', operation: 'hold' })
    if (input.id === 3) throw new Error('a bug')
    return { state: 'completed' }
  }) as Run)
  assert.deepEqual(await here.ask('there', endCallOperation, caller, { id: 1 }, 'once'), { state: 'completed' })
  assert.deepEqual(ran, [['calls.end', 7, ['calls.write'], 5, { id: 1 }, { isHere: true, idempotencyKey: 'once' }]])
  await assert.rejects(here.ask('there', endCallOperation, caller, { id: 2 }), (error: Refusal) => {
    assert.deepEqual([error.reason, error.params], ['call.state_invalid', { state: 'queued', operation: 'hold' }])
    return true
  })
  await assert.rejects(here.ask('there', endCallOperation, caller, { id: 3 }), (error: Refusal) => {
    assert.equal(error.reason, 'platform.internal_error')
    assert.ok(error.errorId)
    return true
  })
  assert.match(String(place.faults[0]), /a bug/)
  await assert.rejects(here.ask('nowhere', endCallOperation, caller, { id: 1 }), refused('platform.node_lost'))
})

test('many that are asked at once are each run once', async () => {
  const place = await newPlace()
  const here = await place.nodes('here', 1)
  const there = await place.nodes('there', 2, { lookMs: 20 })
  const ran = new Map<number, number>()
  there.start((async (_operation, _who, { id }: any) => {
    ran.set(id, (ran.get(id) ?? 0) + 1)
    return { id }
  }) as Run)
  const ids = Array.from({ length: 50 }, (_, at) => at + 1)
  const answers = await Promise.all(ids.map((id) => here.ask('there', endCallOperation, caller, { id })))
  assert.deepEqual(
    answers,
    ids.map((id) => ({ id })),
  )
  assert.deepEqual(
    [...ran.values()],
    ids.map(() => 1),
  )
})

test('what is not taken in time is withdrawn, and not run by a node that wakes up later', async () => {
  const place = await newPlace()
  const here = await place.nodes('here', 1, { takenMs: 100, lookMs: 20 })
  const there = await place.nodes('there', 2, { lookMs: 20 })
  await assert.rejects(here.ask('there', endCallOperation, caller, { id: 1 }), refused('platform.node_timed_out'))
  // Even where its clock is behind.
  assert.deepEqual(await place.store.write(takeCommands, { node: 'there', now: systemClock.nowMs() - 60_000 }), [])
  // One that is not told of what waits finds it by itself.
  const patient = await place.nodes('patient', 3, { lookMs: 20 })
  const asked = patient.ask('there', endCallOperation, caller, { id: 2 })
  while (!(await hasCommands(place.store, 'there', systemClock.nowMs()))) await systemClock.sleep(5)
  const ran: number[] = []
  there.start((async (_operation, _who, { id }: any) => {
    ran.push(id)
    return {}
  }) as Run)
  await asked
  assert.deepEqual(ran, [2])
})

test('what was begun and is not answered in time is told apart, and so is a node that died over it', async () => {
  const place = await newPlace()
  const here = await place.nodes('here', 1, { answeredMs: 200, lookMs: 20 })
  const patient = await place.nodes('patient', 3, { lookMs: 20 })
  const there = await place.nodes('there', 2, { lookMs: 20 })
  const { promise: isTaken, resolve: taken } = Promise.withResolvers<void>()
  const { promise: hangs, resolve: goOn } = Promise.withResolvers<object>()
  there.start((async (_operation, _who, { id }: any) => {
    if (id === 2) taken()
    return hangs
  }) as Run)
  await assert.rejects(here.ask('there', endCallOperation, caller, { id: 1 }), refused('platform.node_outcome_unknown'))
  const asked = assert.rejects(patient.ask('there', endCallOperation, caller, { id: 2 }), refused('platform.node_lost'))
  await isTaken
  await place.store.write(releaseLease, { thing: 'node 2', node: 'there', epoch: 1 })
  await asked
  goOn({})
})
