import assert from 'node:assert/strict'
import { test } from 'node:test'
import { onBothEngines } from '../../test/both-engines.ts'
import type { Row } from './schema.ts'
import { createUser, deleteUser, listUsers, updateUser } from './users.ts'

const actor = { face: 'test', userId: null, credentialId: null }

const person = (id: number): Row<'users'> => ({
  id,
  account_id: 7,
  login: `user${id}@offhook.example`,
  name: 'one',
  role: 'administrator',
  status: 'active',
  password_hash: null,
  totp_sealed: null,
  totp_confirmed: 0,
  detail: '{}',
  created_ms: 1,
  updated_ms: 1,
  version: 1,
})

onBothEngines('the last administrator', ({ open }) => {
  test('two who demote each other at once leave one', async () => {
    const store = await open()
    for (let round = 0; round < 10; round += 1) {
      const pair = [person(round * 2 + 1), person(round * 2 + 2)].map((row) => ({ ...row, account_id: 100 + round }))
      for (const row of pair) await store.write(createUser, { row, actor })
      const outcomes = await Promise.all(
        pair.map((row) =>
          store.write(updateUser, { row: { ...row, role: 'auditor' }, changed: ['role'], signOut: false, actor }),
        ),
      )
      assert.equal(outcomes.filter((outcome) => outcome === 'last_administrator').length, 1)
      const left = await listUsers(store, { scope: 100 + round, limit: 5, where: { role: 'administrator', status: 'active' } })
      assert.equal(left.length, 1)
    }
  })

  test('is not deleted; another is', async () => {
    const store = await open()
    const [one, other] = [person(1), { ...person(2), role: 'developer' }]
    for (const row of [one, other]) await store.write(createUser, { row, actor })
    const drop = (id: number) => store.write(deleteUser, { id, accountId: 7, actor, now: 2 })
    assert.deepEqual(await drop(one.id), { outcome: 'last_administrator' })
    assert.deepEqual(await drop(other.id), { outcome: 'deleted' })
    assert.deepEqual(await drop(other.id), { outcome: 'gone' })
  })
})
