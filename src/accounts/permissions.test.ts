import { test } from 'node:test'
import assert from 'node:assert/strict'
import { isPermission, permissions, permissionsOf, roles } from './permissions.ts'

test('what each role may', () => {
  const of = (role: (typeof roles)[number]) => [...permissionsOf(role, false)]
  assert.deepEqual(
    of('administrator'),
    permissions.filter((one) => one !== 'operator'),
  )
  assert.deepEqual(
    permissions.filter((one) => !of('developer').includes(one)),
    ['accounts.write', 'users.write', 'credit.write', 'privacy.erase', 'audit.read', 'operator'],
  )
  assert.ok(of('auditor').every((one) => one.endsWith('.read')))
  assert.deepEqual(
    of('auditor'),
    permissions.filter((one) => one.endsWith('.read')),
  )
})

test('only an administrator of the root account is the operator', () => {
  for (const role of roles) {
    assert.equal(permissionsOf(role, true).has('operator'), role === 'administrator')
    assert.equal(permissionsOf(role, false).has('operator'), false)
  }
})

test('a permission is one of the list', () => {
  assert.ok(isPermission('keys.read'))
  for (const text of ['', 'keys', 'KEYS.READ', 'toString']) assert.ok(!isPermission(text))
})
