// Opt-outs: one pair once, asked cheaply, forgotten by no cache, in force after an erasure.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { onBothEngines } from '../../test/both-engines.ts'
import { counted } from '#store/counters.ts'
import { firstCursor, happeningsAfter } from '#store/happenings.ts'
import { createOptOut, everySender, isOptedOut, listOptOuts, optOutLogId, removeOptOut } from '#store/opt-outs.ts'
import type { Store } from '#store/store.ts'
import { Key } from '#values/secrets.ts'
import { OptOuts, PersonHashes } from './opt-outs.ts'

const actor = { face: 'test' }
const account = 7
const hashes = new PersonHashes(new Key('ab'.repeat(32)))
const deed = (recipient: string, sender: string, now = 5) => ({ account, recipient, sender, origin: 'api', actor, now })
const set = (store: Store, recipient: string, sender: string, now?: number) =>
  store.write(createOptOut, deed(recipient, sender, now))
const lift = (store: Store, recipient: string, sender: string) => store.write(removeOptOut, deed(recipient, sender))

onBothEngines('opt-outs', ({ open }) => {
  test('a pair stands once, is told once, and lifted once', async () => {
    const store = await open()
    const made = await Promise.all([1, 2, 3].map((now) => set(store, '+15550001', '+15559999', now)))
    assert.equal(made.filter(({ made: fresh }) => fresh).length, 1)
    const winner = made.find(({ made: fresh }) => fresh)!.row.at_ms
    assert.deepEqual(
      made.map(({ row }) => row.at_ms),
      [winner, winner, winner],
    )
    assert.equal(await counted(store, account, 'opt_outs'), 1)
    assert.deepEqual(await lift(store, '+15550001', '+15559999'), { lifted: 1 })
    assert.deepEqual(await lift(store, '+15550001', '+15559999'), { lifted: 0 })
    const { rows } = await happeningsAfter(store, firstCursor, 10)
    const id = optOutLogId(account, '+15550001')
    assert.ok(Number.isSafeInteger(id))
    assert.deepEqual(
      rows.map(({ noun, noun_id, kind }) => [noun, noun_id, kind]),
      [
        ['opt_outs', id, 'created'],
        ['opt_outs', id, 'lifted'],
      ],
    )
  })

  test('the check sees the pair, every sender, and no other account; a change is never missed', async () => {
    const store = await open()
    const optOuts = new OptOuts(store, hashes)
    const blocks = async (recipient: string, sender: string, of = account) => await optOuts.blocks(of, recipient, sender)
    assert.equal(await blocks('+1', '+9'), false)
    await set(store, '+1', '+9')
    assert.deepEqual([await blocks('+1', '+9'), await blocks('+1', '+8'), await blocks('+2', '+9')], [true, false, false])
    assert.equal(await blocks('+1', '+9', 8), false)
    await set(store, '+2', everySender)
    assert.deepEqual([await blocks('+2', '+9'), await blocks('+2', 'Shop')], [true, true])
    await lift(store, '+2', everySender)
    await lift(store, '+1', '+9')
    assert.deepEqual([await blocks('+2', '+9'), await blocks('+1', '+9')], [false, false])
  })

  test('who was erased is still not written to', async () => {
    const store = await open()
    const optOuts = new OptOuts(store, hashes)
    await set(store, hashes.of(account, '+1'), '+9')
    assert.equal(await optOuts.blocks(account, '+1', '+9'), true)
    assert.equal(await optOuts.blocks(account, '+2', '+9'), false)
    assert.notEqual(hashes.of(account, '+1'), hashes.of(8, '+1'), 'no hash says that two accounts knew the same person')
    assert.deepEqual((await listOptOuts(store, { account, limit: 9, hashed: false })).length, 0)
    assert.deepEqual((await listOptOuts(store, { account, limit: 9, hashed: true })).length, 1)
  })

  test('lists go by pair, page by page, narrowed by either side', async () => {
    const store = await open()
    for (const [recipient, sender] of [
      ['+2', 'B'],
      ['+1', 'B'],
      ['+1', 'A'],
      ['+3', '*'],
    ] as const)
      await set(store, recipient, sender)
    const pairs = async (more: object) =>
      (await listOptOuts(store, { account, limit: 9, ...more })).map(({ recipient, sender }) => `${recipient} ${sender}`)
    assert.deepEqual(await pairs({ limit: 2 }), ['+1 A', '+1 B'])
    assert.deepEqual(await pairs({ after: { recipient: '+1', sender: 'B' } }), ['+2 B', '+3 *'])
    assert.deepEqual(await pairs({ recipient: '+1' }), ['+1 A', '+1 B'])
    assert.deepEqual(await pairs({ sender: 'B', after: { recipient: '+1', sender: 'B' } }), ['+2 B'])
    await lift(store, '+1', everySender)
    assert.deepEqual(await pairs({ recipient: '+1' }), [])
    assert.equal(await isOptedOut(store, account, '+2', 'B'), true)
  })
})
