// Every operation, asked by every role and by keys with one permission each: allowed, or permission.missing with the name of
// what is missing. And no key is a way to more than its maker may.

import { test } from 'node:test'
import assert from 'node:assert/strict'
import { permissions, permissionsOf, type Permission, type Role } from '#accounts/permissions.ts'
import { allOperations } from '#operations/all.ts'
import { onBothEngines } from '../both-engines.ts'
import { openHouse, type House } from '../house.ts'
import { askOperation, ghosts, questionOf } from '../nouns.ts'

const password = 'Correct-Horse-7'

onBothEngines('roles', (bench) => {
  let house: House
  const post = async (path: string, body: object, key = house.sandbox.key): Promise<any> => {
    const told = await house.ask('POST', path, { key, body })
    assert.ok(told.status < 300, `${path}: ${told.text}`)
    return told.json
  }
  const keyOf = async (role: Role): Promise<{ id: string; key: string }> => {
    const { id, login } = await post('/users', { login: `${role}-${house.parts.nextId()}@example.com`, role, password })
    const { token } = await post('/sessions', { login, password })
    if (role === 'auditor') return { id, key: token }
    return { id, key: (await post('/keys', {}, token)).key }
  }
  test('a house', async () => {
    house = await openHouse(await bench.open())
  })

  async function walk(key: string, may: ReadonlySet<Permission>): Promise<void> {
    for (const operation of allOperations) {
      const told = await askOperation(house, operation, questionOf(operation, ghosts(house)), { key })
      const { permission, name } = operation
      if (permission === null || may.has(permission)) assert.notEqual(told.json.reason, 'permission.missing', name)
      else {
        assert.equal(told.json.reason, 'permission.missing', name)
        assert.equal(told.status, 403, name)
        assert.equal(told.json.params.permission, permission, name)
      }
    }
  }

  for (const role of ['auditor', 'developer', 'administrator'] as const) {
    test(`${role}: what it may, and no more`, async () => {
      const { key } = await keyOf(role)
      const { json } = await house.ask('GET', '/whoami', { key })
      assert.deepEqual(json.permissions.toSorted(), [...permissionsOf(role, false)].toSorted())
      await walk(key, permissionsOf(role, false))
    })
  }

  test('a key with one permission may that one thing', async () => {
    for (const permission of permissions.filter((one) => one !== 'operator')) {
      const { key } = await post('/keys', { permissions: [permission] })
      await walk(key, new Set([permission]))
    }
    await walk((await post('/keys', { permissions: [] })).key, new Set())
  })

  test('no key is a way up', async () => {
    const denied = async (method: string, path: string, key: string, body?: object) => {
      const told = await house.ask(method, path, { key, ...(body && { body }) })
      assert.equal(told.json.reason, 'permission.denied', `${method} ${path} ${told.text}`)
    }
    const whole = await post('/keys', { name: 'whole' })
    const developer = (await keyOf('developer')).key
    const narrow = (await post('/keys', { permissions: ['keys.read', 'keys.write'] })).key
    for (const key of [developer, narrow]) {
      await denied('POST', '/keys', key, { permissions: ['users.write'] })
      for (const [method, path, body] of [
        ['PATCH', '', { name: 'x' }],
        ['POST', '/rotate', {}],
        ['POST', '/reveal'],
        ['DELETE', ''],
      ] as const) {
        await denied(method, `/keys/${whole.id}${path}`, key, body)
      }
    }
    await denied('POST', '/keys', house.sandbox.key, { permissions: ['operator'] })
    const mayNow = async (key: string): Promise<string[]> =>
      (await house.ask('GET', '/whoami', { key })).json.permissions.toSorted()
    assert.deepEqual(
      await mayNow((await post('/keys', {}, narrow)).key),
      ['keys.read', 'keys.write'],
      'a key made by a narrow key, for the same user',
    )
    assert.deepEqual(
      await mayNow((await post('/keys', { userId: null }, narrow)).key),
      ['keys.read', 'keys.write'],
      'and for nobody',
    )
    const admin = house.ids.show('user', house.sandbox.caller.user!.id)
    assert.deepEqual(
      await mayNow((await post('/keys', { userId: admin }, developer)).key),
      [...permissionsOf('developer', false)].toSorted(),
      'for an administrator',
    )
  })

  test('what a key proves ends when the key, its user or its account does, at once', async () => {
    const who = async (key: string): Promise<string> => {
      const told = await house.ask('GET', '/whoami', { key })
      return told.status === 200 ? 'in' : told.json.reason
    }
    const { id, key } = await post('/keys', {})
    assert.equal(await who(key), 'in')
    await house.ask('PATCH', `/keys/${id}`, { key: house.sandbox.key, body: { status: 'disabled' } })
    assert.equal(await who(key), 'auth.credentials_invalid')
    await house.ask('PATCH', `/keys/${id}`, { key: house.sandbox.key, body: { status: 'active' } })
    assert.equal(await who(key), 'in')

    const rotated = await post(`/keys/${id}/rotate`, { overlapMs: 60_000 })
    assert.deepEqual([await who(key), await who(rotated.key)], ['in', 'in'], 'both while they overlap')
    house.forward(60_001)
    assert.deepEqual([await who(key), await who(rotated.key)], ['auth.credentials_invalid', 'in'])

    const ends = await post('/keys', { expiresAt: new Date(house.clock.nowMs() + 60_000).toISOString() })
    assert.equal(await who(ends.key), 'in')
    house.forward(60_001)
    assert.equal(await who(ends.key), 'auth.credentials_invalid')

    const developer = await keyOf('developer')
    assert.equal((await house.ask('GET', '/audit', { key: developer.key })).json.reason, 'permission.missing')
    await house.ask('PATCH', `/users/${developer.id}`, { key: house.sandbox.key, body: { role: 'administrator' } })
    assert.equal((await house.ask('GET', '/audit', { key: developer.key })).status, 200, 'a role changed')
    await house.ask('PATCH', `/users/${developer.id}`, { key: house.sandbox.key, body: { status: 'inactive' } })
    assert.equal(await who(developer.key), 'auth.credentials_invalid')

    const sub = await post('/accounts', { name: 'sub' })
    const subKey = (await house.ask('POST', '/keys', { key: house.sandbox.key, account: sub.id, body: {} })).json.key
    assert.equal(await who(subKey), 'in')
    const set = (status: string) => house.ask('PATCH', `/accounts/${sub.id}`, { key: house.sandbox.key, body: { status } })
    await set('suspended')
    assert.equal(await who(subKey), 'account.not_active')
    await set('active')
    assert.equal(await who(subKey), 'in')
    await house.ask('DELETE', `/accounts/${sub.id}`, { key: house.sandbox.key })
    assert.notEqual(await who(subKey), 'in')
  })

  test('a key disabled while it is rotated stays disabled', async () => {
    for (let round = 0; round < 5; round += 1) {
      const { id } = await post('/keys', {})
      await Promise.all([
        post(`/keys/${id}/rotate`, {}),
        house.ask('PATCH', `/keys/${id}`, { key: house.sandbox.key, body: { status: 'disabled' } }),
      ])
      assert.equal((await house.ask('GET', `/keys/${id}`, { key: house.sandbox.key })).json.status, 'disabled')
    }
  })

  test('nothing of all this was a fault of ours', () => assert.deepEqual(house.faults, []))
})
