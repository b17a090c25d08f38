// Places of values in JSON, as editors count them.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { jsonPlaces, placeOf } from './json-places.ts'

const text = '{\n  "a": [1, {"b\\n": "x,]}"}],\n  "c": {\n    "d": -1.5e3, "": null\n  }\n}'

test('each member and element is found by its path', () => {
  assert.deepEqual(
    [...jsonPlaces(text)].map(([path, { line, column }]) => [path, line, column]),
    [
      ['', 1, 1],
      ['a', 2, 3],
      ['a[0]', 2, 9],
      ['a[1]', 2, 12],
      ['a[1].b\n', 2, 13],
      ['c', 3, 3],
      ['c.d', 4, 5],
      ['c.', 4, 18],
    ],
  )
})

test('what is missing stands where whatever should hold it does', () => {
  const places = jsonPlaces(text)
  assert.deepEqual(placeOf(places, 'c.d'), { line: 4, column: 5 })
  assert.deepEqual(placeOf(places, 'c.e.f'), { line: 3, column: 3 })
  assert.deepEqual(placeOf(places, 'a[1].z'), { line: 2, column: 12 })
  assert.deepEqual(placeOf(places, 'z'), { line: 1, column: 1 })
  assert.deepEqual(placeOf(jsonPlaces(''), 'z'), { line: 1, column: 1 })
})
