// A small run of test/fuzz/sip.ts, always the same.

import { test } from 'node:test'
import assert from 'node:assert/strict'
import { fuzzMessages, fuzzStreams, fuzzUris } from '../../../test/fuzz/sip.ts'

test('mutated messages crash nothing and are read as they are written', () => {
  const { read, faulty } = fuzzMessages(1, 5_000)
  assert.ok(read > 500 && faulty > 500)
})

test('URIs of any pieces are read as they are written', () => {
  assert.ok(fuzzUris(1, 5_000) > 100)
})

test('streams are cut alike in any chunks', () => {
  const { broken, frames } = fuzzStreams(1, 500)
  assert.ok(broken > 50 && frames > 500)
})
