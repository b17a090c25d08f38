import assert from 'node:assert/strict'
import { test } from 'node:test'
import { monthsAfter } from './terms.ts'

const after = (from: string, months: number): string => new Date(monthsAfter(Date.parse(from), months)).toISOString()

test('months go by the calendar, and end with a shorter month', () => {
  assert.equal(after('2026-01-15T10:11:12.345Z', 1), '2026-02-15T10:11:12.345Z')
  assert.equal(after('2026-01-31T23:00:00.000Z', 1), '2026-02-28T23:00:00.000Z')
  assert.equal(after('2027-12-31T00:00:00.000Z', 2), '2028-02-29T00:00:00.000Z')
  assert.equal(after('2026-11-30T01:02:03.000Z', 13), '2027-12-30T01:02:03.000Z')
})
