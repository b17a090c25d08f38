import { test } from 'node:test'
import assert from 'node:assert/strict'
import Type from 'typebox'
import { faultsOf } from './field-faults.ts'
import { Id, OneOf, PageOf, Text, WebUrl } from './fields.ts'

const schema = Type.Object(
  {
    name: Text(5, 'Name.'),
    kind: Type.Optional(OneOf(['a', 'b'], 'Kind.')),
    count: Type.Optional(Type.Integer({ minimum: 1, maximum: 9 })),
    on: Type.Optional(Type.Boolean()),
    url: Type.Optional(WebUrl('Where.')),
    list: Type.Optional(Type.Array(Type.String({ maxLength: 3 }), { maxItems: 2 })),
    inner: Type.Optional(Type.Object({ id: Type.Optional(Id('user')) }, { additionalProperties: false })),
  },
  { additionalProperties: false },
)
const faults = (input: unknown, wording = {}) =>
  faultsOf(schema, input, wording).map(({ reason, params }) => [reason, params['parameter']])

test('what fits has no fault', () => {
  assert.deepEqual(
    faults({ name: 'x', kind: 'a', count: 9, on: false, url: 'https://a.example/', list: ['x'], inner: { id: 3 } }),
    [],
  )
})

test('each field at fault is told once, by its path and by what is wrong with it', () => {
  const cases: [object, string, string][] = [
    [{}, 'request.parameter_missing', 'name'],
    [{ name: '' }, 'request.parameter_empty', 'name'],
    [{ name: 'toolong' }, 'request.parameter_too_long', 'name'],
    [{ name: 5 }, 'request.parameter_invalid', 'name'],
    [{ name: 'x', kind: 'c' }, 'request.parameter_invalid', 'kind'],
    [{ name: 'x', count: 0 }, 'request.parameter_zero', 'count'],
    [{ name: 'x', count: -1 }, 'request.number_out_of_range', 'count'],
    [{ name: 'x', count: 10 }, 'request.number_out_of_range', 'count'],
    [{ name: 'x', count: 1.5 }, 'request.parameter_invalid', 'count'],
    [{ name: 'x', on: 'yes' }, 'request.boolean_invalid', 'on'],
    [{ name: 'x', url: 'ftp://a' }, 'request.url_invalid', 'url'],
    [{ name: 'x', list: ['abcd'] }, 'request.parameter_too_long', 'list.0'],
    [{ name: 'x', list: ['a', 'b', 'c'] }, 'request.parameter_invalid', 'list'],
    [{ name: 'x', other: 1 }, 'request.parameter_unknown', 'other'],
    [{ name: 'x', inner: { id: -1 } }, 'request.number_out_of_range', 'inner.id'],
    [{ name: 'x', inner: { nothing: 1 } }, 'request.parameter_unknown', 'inner.nothing'],
    [{ name: 'a\0b' }, 'request.character_forbidden', 'name'],
  ]
  for (const [input, reason, parameter] of cases) assert.deepEqual(faults(input), [[reason, parameter]], JSON.stringify(input))
  assert.deepEqual(
    faults({ name: '', count: 0, on: 1 })
      .map(([, parameter]) => parameter)
      .toSorted(),
    ['count', 'name', 'on'],
    'several at once',
  )
})

test('what is no object is told as that', () => {
  for (const input of [null, 5, 'x', [], undefined]) assert.deepEqual(faults(input)[0]![0], 'request.unprocessable')
})

test('however many fields are unknown, nothing that does not fit gets by', () => {
  for (const count of [1, 7, 8, 9, 50, 1000]) {
    const strange = Object.fromEntries(Array.from({ length: count }, (_, n) => [`strange${n}`, n]))
    assert.ok(faults({ name: 'x', ...strange }).length > 0, `${count} unknown`)
    assert.ok(faults({ ...strange, name: 5, count: 'x' }).length > 0, `${count} unknown and others wrong`)
    assert.ok(faults({ name: 'x', inner: strange }).length > 0, `${count} unknown within`)
  }
})

test('names are those of whoever asked, and a long value is cut', () => {
  const [fault] = faultsOf(schema, { name: 'x', kind: 'c'.repeat(500) }, { names: { kind: 'Kind' } })
  assert.equal(fault!.params['parameter'], 'Kind')
  assert.ok(String(fault!.params['value']).length < 110)
  const [missing] = faultsOf(schema, {}, { location: 'parameter', names: { name: 'Name' } })
  assert.deepEqual(missing!.params, { parameter: 'Name', location: 'parameter' })
})

test('names that every object has are unknown fields like others', () => {
  for (const name of ['toString', 'constructor', '__proto__', 'hasOwnProperty']) {
    const input = JSON.parse(`{"name":"x","${name}":1}`) as object
    assert.equal(faults(input)[0]?.[0], 'request.parameter_unknown', name)
  }
  assert.deepEqual(faultsOf(PageOf({}), { limit: 5 }), [])
})
