import assert from 'node:assert/strict'
import { test } from 'node:test'
import { canonicalRef, refCandidates } from './refs.ts'

test('an id is one whatever its case and its leading zeros', () => {
  assert.equal(canonicalRef('00AB12'), 'ab12')
  assert.equal(canonicalRef('000'), '0')
  assert.equal(canonicalRef(' 7 '), '7')
  assert.equal(canonicalRef(''), '')
})

test('an id in a receipt is looked for as it is, as decimal of hexadecimal, and the other way', () => {
  assert.ok(refCandidates('0A3F').includes('2623'))
  assert.ok(refCandidates('2623').includes('a3f'))
  assert.deepEqual(refCandidates('Q-17'), ['q-17'])
  assert.equal(refCandidates('123')[0], '123')
})

test('an id longer than any number is text', () => {
  const long = '9'.repeat(30)
  assert.deepEqual(refCandidates(long), [long])
})
