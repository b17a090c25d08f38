// Files of contacts come from every spreadsheet there is.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseCsv } from './csv.ts'

test('fields, quotes and ends of line', () => {
  const read = (text: string) => parseCsv(text, 10)
  assert.deepEqual(read('a,b\nc,d'), [
    ['a', 'b'],
    ['c', 'd'],
  ])
  assert.deepEqual(read('\ufeffa, b \r\n\r\nc,\r\n'), [
    ['a', 'b'],
    ['c', ''],
  ])
  assert.deepEqual(read('"a,""b""\n",c'), [['a,"b"\n', 'c']])
  assert.deepEqual(read('a,'), [['a', '']])
  assert.deepEqual(read(',,\n'), [])
  assert.deepEqual(read(''), [])
  assert.deepEqual(read('""'), [])
  assert.deepEqual(read('"a" x,b'), [['a', 'b']])
})

test('a quote that is never closed, and more rows than allowed', () => {
  assert.equal(parseCsv('"a', 10), undefined)
  assert.equal(parseCsv('"a""', 10), undefined)
  assert.equal(parseCsv('a\n'.repeat(11), 10), undefined)
  assert.equal(parseCsv('a\n'.repeat(10), 10)?.length, 10)
})
