import { test } from 'node:test'
import assert from 'node:assert/strict'
import type { AccountRow } from '#store/accounts.ts'
import { accountFrom, pathIds } from './account.ts'

const row = (id: number, settings: object = {}, more: Partial<AccountRow> = {}): AccountRow => ({
  id,
  parent_id: id === 1 ? null : id - 1,
  path: `/${Array.from({ length: id }, (_, at) => at + 1).join('/')}/`,
  depth: id - 1,
  name: `account ${id}`,
  status: 'active',
  kind: 'full',
  settings: JSON.stringify(settings),
  created_ms: 0,
  updated_ms: 0,
  version: 1,
  ...more,
})

test('settings come from above, member by member, and the nearest wins', () => {
  const { settings } = accountFrom([
    row(1, { country: 'CH', limits: { keyPerSecond: 10, numbers: 5 } }),
    row(2, { language: 'de-CH', limits: { keyPerSecond: 20 } }),
    row(3, { timezone: 'Europe/Zurich', limits: { numbers: 7 }, features: ['sms'] }),
  ])
  assert.equal(settings.country, 'CH')
  assert.equal(settings.language, 'de-CH')
  assert.equal(settings.timezone, 'Europe/Zurich')
  assert.equal(settings.currency, 'USD', 'what nobody set')
  assert.deepEqual([settings.limits.keyPerSecond, settings.limits.numbers, settings.limits.accountPerSecond], [20, 7, 200])
  assert.deepEqual(settings.features, ['sms'], 'a list is taken as a whole')
})

test('an account is no more active than those above it, and its own status is kept apart', () => {
  const of = (...statuses: string[]) => accountFrom(statuses.map((status, at) => row(at + 1, {}, { status })))
  assert.equal(of('active', 'active', 'active').status, 'active')
  assert.equal(of('active', 'suspended', 'active').status, 'suspended')
  assert.equal(of('active', 'suspended', 'active').ownStatus, 'active')
  assert.equal(of('active', 'suspended', 'closed').status, 'closed')
  assert.equal(of('active', 'closed', 'suspended').status, 'closed')
  assert.equal(of('active', 'closed', 'suspended').ownStatus, 'suspended')
})

test('the account below the operator is the root of a tree; the operator is its own', () => {
  assert.equal(accountFrom([row(1)]).rootId, 1)
  assert.equal(accountFrom([row(1), row(2)]).rootId, 2)
  assert.equal(accountFrom([row(1), row(2), row(3)]).rootId, 2)
  assert.deepEqual(pathIds('/1/5/9/'), [1, 5, 9])
})
