// Limits of calls at once and calls a second hold for all nodes together; a process that has the store for itself asks it nothing.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Account } from '#accounts/account.ts'
import { Refusal } from '#reasons/refusal.ts'
import { settleCalls } from '#store/call-life.ts'
import { freshCall, type CallRow } from '#store/calls.ts'
import { handClock } from '#values/clock.ts'
import { onBothEngines } from '../../test/both-engines.ts'
import { CallLimits } from './call-limits.ts'

const account = {
  id: 7,
  kind: 'full',
  settings: { limits: { callsPerSecond: 4, concurrentCalls: 2, trialCalls: 1 } },
} as unknown as Account

const upAt = (id: number, node: string, now: number): CallRow => ({
  ...freshCall,
  id,
  session_id: id,
  account_id: account.id,
  direction: 'out',
  origin: 'api',
  face: 'v1',
  caller: '+15550001',
  called: '+15550002',
  state: 'queued',
  node,
  created_ms: now,
  updated_ms: now,
})

const reasonOf = async (ask: () => unknown): Promise<string> => {
  try {
    await ask()
    return 'done'
  } catch (error) {
    if (error instanceof Refusal) return error.reason
    throw error
  }
}

onBothEngines('limits of calls', ({ engine, open }) => {
  test('calls at once are those of every node, as they were a second ago', async () => {
    const store = await open()
    const clock = handClock()
    const limits = new CallLimits(store, clock, 'here')
    const created = (id: number, node: string) => ({
      to: 'created' as const,
      row: upAt(id, node, clock.nowMs()),
      actor: { face: 'test' },
    })
    await store.write(settleCalls, { steps: [created(1, 'here'), created(2, 'there')] })
    assert.equal(await reasonOf(() => limits.requireRoom(account)), 'done')
    limits.began(account.id)
    const isShared = engine === 'postgres'
    assert.equal(await reasonOf(() => limits.requireRoom(account)), isShared ? 'call.concurrency_reached' : 'done')
    const ended = { ...upAt(2, 'there', clock.nowMs()), state: 'completed', ended_ms: clock.nowMs() }
    await store.write(settleCalls, { steps: [{ to: 'ended', row: ended }] })
    clock.advance(1_000)
    assert.equal(await reasonOf(() => limits.requireRoom(account)), 'done')
    limits.began(account.id)
    assert.equal(await reasonOf(() => limits.requireRoom(account)), 'call.concurrency_reached')
  })

  test('calls of one second are counted over every node', async () => {
    const store = await open()
    const clock = handClock()
    const nodes = ['here', 'there'].map((node) => new CallLimits(store, clock, node))
    const taken: string[] = []
    for (let n = 0; n < 6; n += 1) taken.push(await reasonOf(() => nodes[n % 2]!.take(account)))
    const over = engine === 'postgres' ? 'rate.limit_exceeded' : 'done'
    assert.deepEqual(taken, ['done', 'done', 'done', 'done', over, over])
    clock.advance(1_000)
    assert.equal(await reasonOf(() => nodes[0]!.take(account)), 'done')
  })
})
