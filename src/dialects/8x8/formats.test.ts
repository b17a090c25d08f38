// Times have hundredths of a second, never more and never fewer.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { timestamp } from './formats.ts'

test('hundredths of a second', () => {
  assert.equal(timestamp(Date.UTC(2024, 2, 9, 11, 24, 5, 379)), '2024-03-09T11:24:05.37Z')
  assert.equal(timestamp(0), '1970-01-01T00:00:00.00Z')
})
