// Loops: run on time, counted, going on after a failure, held by one node where several share a store.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { onBothEngines } from '../../test/both-engines.ts'
import { addMeta } from '../../test/fakes/store-writes.ts'
import { noteRefusal } from '#store/refusals.ts'
import { readKept } from '#store/idempotency.ts'
import { issueTokens, readToken, type TokenRow } from '#store/tokens.ts'
import { handClock } from '#values/clock.ts'
import { startLoops, type Loop, type LoopParts } from './loop.ts'
import { purgeLoops } from './purges.ts'

onBothEngines('loops', ({ engine, newPlace, open }) => {
  test('a loop runs after each period, counts its work, and goes on after a failure', async () => {
    const clock = handClock()
    const store = await open()
    const ends: ((error?: Error) => void)[] = []
    const loop: Loop<LoopParts> = {
      name: 'counting',
      everyMs: 1000,
      do: () => new Promise((resolve, reject) => ends.push((error) => (error ? reject(error) : resolve(3)))),
    }
    const errors: string[] = []
    const loops = startLoops(
      [loop],
      { store, clock },
      { node: 'a', onError: (name, error) => errors.push(`${name}: ${String(error)}`) },
    )
    assert.equal(ends.length, 0)
    const run = async (error?: Error) => {
      const running = loops.runNow('counting')
      while (ends.length === 0) await new Promise((resolve) => setImmediate(resolve))
      ends.pop()!(error)
      await running
    }
    await run()
    await run(new Error('broken'))
    await run()
    assert.deepEqual(errors, ['counting: Error: broken'])
    const [state] = loops.states
    assert.equal(state?.runs, 2)
    assert.equal(state?.done, 6)
    assert.equal(state?.failures, 1)
    assert.equal(state?.lastError, '')
    // By the clock as well.
    clock.advance(1000)
    while (ends.length === 0) await new Promise((resolve) => setImmediate(resolve))
    ends.pop()!()
    await loops.stop()
    assert.equal(state?.runs, 3)
    clock.advance(5000)
    assert.equal(ends.length, 0)
  })

  test(
    'of two nodes on one store one runs a loop, and the other when the first has stopped',
    { skip: engine === 'sqlite' && 'one process has a SQLite store' },
    async () => {
      const place = await newPlace()
      const ran: string[] = []
      const clock = handClock()
      const start = async (node: string) => {
        const loop: Loop<LoopParts> = { name: 'shared', everyMs: 1000, do: async () => ran.push(node) }
        return startLoops(
          [loop],
          { store: await open(place), clock },
          { node, onError: (_, error) => assert.fail(String(error)) },
        )
      }
      const [a, b] = [await start('a'), await start('b')]
      await a.runNow('shared')
      await b.runNow('shared')
      await a.runNow('shared')
      assert.deepEqual(ran, ['a', 'a'])
      assert.equal(b.states[0]?.held, false)
      await a.stop()
      await b.runNow('shared')
      assert.deepEqual(ran, ['a', 'a', 'b'])
      await b.stop()
    },
  )

  test('the purges delete what is past its time and nothing else', async () => {
    const clock = handClock()
    const store = await open()
    const dayMs = 86_400_000
    const now = clock.nowMs()
    for (const [keyHash, nowMs] of [
      ['old', now - dayMs - 1],
      ['new', now - dayMs + 1000],
    ] as const) {
      await store.claim(addMeta, { name: keyHash, value: 'v' }, { accountId: 1, keyHash, fingerprint: '', nowMs })
    }
    const token = (hash: string, expires_ms: number): TokenRow => ({
      id: expires_ms,
      account_id: 1,
      user_id: 1,
      credential_id: null,
      face: 'native',
      kind: 'access',
      hash,
      family: expires_ms,
      detail: '{}',
      expires_ms,
      used_ms: null,
      created_ms: 1,
    })
    await store.write(issueTokens, { rows: [token('old', now - dayMs - 1), token('new', now)] })
    const base = {
      account_id: 1,
      face: '',
      reason: '',
      params: '{}',
      method: '',
      path: '',
      status: 400,
      code: '',
      source: '',
      trace_id: '',
    }
    const note = (error_id: string, at_ms: number) => store.note(noteRefusal, { ...base, error_id, at_ms })
    for (let n = 0; n < 450; n += 1) note(`old${n}`, now - 7 * dayMs - 1 - n)
    note('new', now)
    await store.noted()
    const errors: unknown[] = []
    const loops = startLoops(purgeLoops, { store, clock }, { node: 'a', onError: (_, error) => errors.push(error) })
    for (const { name } of purgeLoops) await loops.runNow(name)
    await loops.stop()
    assert.deepEqual(errors, [])
    assert.deepEqual(Object.fromEntries(loops.states.map(({ name, done }) => [name, done])), {
      'purge-idempotency': 1,
      'purge-tokens': 1,
      'purge-rate-windows': 0,
      'purge-lockouts': 0,
      'purge-maskings': 0,
      'purge-media': 0,
      'purge-expired-media': 0,
      'purge-notes': 3,
      'purge-registrations': 0,
      'purge-conference-reservations': 0,
      'purge-node-commands': 0,
      'end-lost-sessions': 0,
    })
    assert.equal(await readKept(store, 1, 'old'), undefined)
    assert.ok(await readKept(store, 1, 'new'))
    assert.equal(await readToken(store, 'old'), undefined)
    assert.ok(await readToken(store, 'new'))
  })
})
