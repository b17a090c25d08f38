import { test } from 'node:test'
import assert from 'node:assert/strict'
import Type from 'typebox'
import { Id, Moment, PageOf } from '#operations/fields.ts'
import { Key, randomHex } from '#values/secrets.ts'
import { NativeIds } from './native-ids.ts'
import { inward, outward } from './translate.ts'

const ids = new NativeIds(new Key(randomHex(32)))
const schema = Type.Object({
  id: Id('user'),
  maybe: Type.Optional(Type.Union([Id('account'), Type.Null()])),
  many: Type.Optional(Type.Array(Id('contact'))),
  inner: Type.Optional(Type.Object({ at: Type.Optional(Moment('When.')), plain: Type.Optional(Type.String()) })),
})
const read = inward(schema, ids)
const show = outward(schema, ids)

test('what is shown is read as it was', () => {
  const value = { id: 7, maybe: 8, many: [1, 2], inner: { at: 1_750_000_000_123, plain: 'x' } }
  const shown = show(value) as any
  assert.match(shown.id, /^usr_[0-9a-f]{32}$/)
  assert.match(shown.maybe, /^acc_/)
  assert.ok(shown.many.every((one: string) => one.startsWith('con_')))
  assert.equal(shown.inner.at, '2025-06-15T15:06:40.123Z')
  assert.deepEqual(read(shown), { value, faults: [] })
  assert.deepEqual(read(show({ id: 7, maybe: null })), { value: { id: 7, maybe: null }, faults: [] })
})

test('an id in the path that is none is a thing that is not there; elsewhere it is a wrong value', () => {
  const faultsOf = (input: unknown) => read(input).faults.map(({ reason, params }) => [reason, params['parameter']])
  assert.deepEqual(faultsOf({ id: 'usr_x' }), [['resource.not_found', 'id']])
  assert.deepEqual(faultsOf({ id: ids.show('account', 7) }), [['resource.not_found', 'id']], 'an id of something else')
  const id = ids.show('user', 7)
  assert.deepEqual(faultsOf({ id, maybe: 'x' }), [['request.parameter_invalid', 'maybe']])
  assert.deepEqual(faultsOf({ id, many: [ids.show('contact', 1), 'x', 5] }), [
    ['request.parameter_invalid', 'many.1'],
    ['request.parameter_invalid', 'many.2'],
  ])
  for (const at of ['yesterday', '2026-13-01T00:00:00Z', '2026-01-01', 5, ''])
    assert.deepEqual(faultsOf({ id, inner: { at } }), [['request.date_invalid', 'inner.at']], String(at))
})

test('any value where an id belongs is only quoted, whatever it brings along', () => {
  for (const text of [
    '{"toString":1}',
    '{"__proto__":null}',
    '{"valueOf":{},"toString":{}}',
    '[[[]]]',
    'null',
    '1e300',
    `"${'x'.repeat(9999)}"`,
  ]) {
    const { faults } = read({ id: ids.show('user', 1), many: [JSON.parse(text)] })
    assert.equal(faults[0]!.reason, 'request.parameter_invalid', text)
    assert.ok(String(faults[0]!.params['value']).length <= 100)
  }
})

test('moments with any offset are the same moment', () => {
  const at = (text: string) => (read({ id: ids.show('user', 1), inner: { at: text } }).value as any).inner.at
  assert.equal(at('2026-01-01T02:00:00+02:00'), Date.UTC(2026, 0, 1))
  assert.equal(at('2025-12-31T19:00-05:00'), Date.UTC(2026, 0, 1))
})

test('what is of another shape is handed on for the schema to refuse', () => {
  for (const input of [null, 5, 'x', []]) assert.deepEqual(read(input), { value: input, faults: [] })
  assert.deepEqual(read({ many: 'x' }).value, { many: 'x' })
})

test('a cursor is an opaque text', () => {
  const page = PageOf({})
  const cursor = ids.showCursor(12345)
  assert.equal((inward(page, ids)({ after: cursor }).value as any).after, 12345)
  assert.equal(inward(page, ids)({ after: '12345' }).faults[0]!.reason, 'request.cursor_invalid')
  assert.equal(inward(page, ids)({ after: ids.show('user', 12345).slice(4) }).faults[0]!.reason, 'request.cursor_invalid')
})
