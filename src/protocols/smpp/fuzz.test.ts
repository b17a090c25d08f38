// A small run of test/fuzz/smpp.ts, always the same.

import { test } from 'node:test'
import assert from 'node:assert/strict'
import { fuzzCodec, fuzzParsers, fuzzSessions } from '../../../test/fuzz/smpp.ts'

test('mutated PDUs crash nothing and are read as they are written', () => {
  const { read, malformed } = fuzzCodec(1, 5_000)
  assert.ok(read > 1_000 && malformed > 500)
  fuzzParsers(1, 5_000)
})

test('sessions that are fed mutated PDUs end cleanly and answer every request', async () => {
  const ends = await fuzzSessions(1, 60)
  assert.ok(Object.keys(ends).length > 1)
})
