import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { QuietHours } from '#accounts/account.ts'
import { keepQuiet, quietUntil } from './quiet-hours.ts'

const night = { from: '22:00', to: '08:00' }
const at = (text: string) => Date.parse(text)
const until = (zones: string[], from: string, hours = night) => {
  const found = quietUntil(hours, zones, at(from))
  return found === undefined ? 'never' : new Date(found).toISOString()
}

test('over midnight, within a day, and not at all', () => {
  assert.equal(until(['Europe/Zurich'], '2026-01-10T20:59:00Z'), '2026-01-10T20:59:00.000Z')
  assert.equal(until(['Europe/Zurich'], '2026-01-10T21:00:00Z'), '2026-01-11T07:00:00.000Z')
  assert.equal(until(['Europe/Zurich'], '2026-01-11T06:59:59Z'), '2026-01-11T07:00:00.000Z')
  assert.equal(until(['Europe/Zurich'], '2026-01-11T07:00:00Z'), '2026-01-11T07:00:00.000Z')
  assert.equal(until(['Asia/Kolkata'], '2026-01-10T08:00:00Z', { from: '13:00', to: '14:00' }), '2026-01-10T08:30:00.000Z')
  assert.equal(until(['Asia/Kolkata'], '2026-01-10T08:00:00Z', { from: '13:00', to: '13:00' }), '2026-01-10T08:00:00.000Z')
})

test('summer time that begins or ends in the night', () => {
  // 2026-10-25 03:00 summer time becomes 02:00: the night has an hour more.
  assert.equal(until(['Europe/Zurich'], '2026-10-24T22:00:00Z'), '2026-10-25T07:00:00.000Z')
  // 2026-03-29 02:00 becomes 03:00; it is held for no less than the clock says.
  assert.ok(until(['Europe/Zurich'], '2026-03-28T22:00:00Z') >= '2026-03-29T06:00:00.000Z')
})

test('several zones: quiet in none of them; one that is always quiet somewhere', () => {
  const us = ['America/New_York', 'Pacific/Honolulu']
  // 08:00 in Honolulu is 18:00 UTC; 22:00 in New York is 03:00 UTC.
  assert.equal(until(us, '2026-01-10T13:30:00Z'), '2026-01-10T18:00:00.000Z')
  assert.equal(until(us, '2026-01-11T02:59:00Z'), '2026-01-11T02:59:00.000Z')
  assert.equal(until(us, '2026-01-11T03:00:00Z'), '2026-01-11T18:00:00.000Z')
  const long = { from: '20:00', to: '10:00' }
  assert.equal(until(['Pacific/Auckland', 'Europe/Paris', 'America/Denver'], '2026-01-11T03:00:00Z', long), 'never')
})

test('an account holds or refuses, by its own clock or by the recipient\u2019s', () => {
  const hours = (more: Partial<QuietHours>): QuietHours => ({
    ...night,
    zone: 'account',
    kinds: ['sms'],
    meanwhile: 'hold',
    ...more,
  })
  const ask = (quietHours: QuietHours | null, recipient = '+6591234567', kind = 'sms', timezone = 'Europe/Zurich') =>
    keepQuiet({ quietHours, timezone }, { kind, recipient }, at('2026-01-10T23:00:00Z'))
  assert.deepEqual(ask(null), { ok: true })
  assert.deepEqual(ask(hours({})), { ok: true, dueMs: at('2026-01-11T07:00:00Z') })
  assert.deepEqual(ask(hours({}), '+6591234567', 'mms'), { ok: true })
  assert.deepEqual(ask(hours({ meanwhile: 'refuse' })), {
    ok: false,
    reason: 'policy.quiet_hours',
    params: { retryAfterMs: 8 * 3_600_000 },
  })
  // Singapore has 07:00, Auckland 12:00.
  assert.deepEqual(ask(hours({ zone: 'recipient' })), { ok: true, dueMs: at('2026-01-11T00:00:00Z') })
  assert.deepEqual(ask(hours({ zone: 'recipient' }), '+6491234567'), { ok: true })
  // A short code has no country, and a wrong zone is no zone: UTC.
  assert.deepEqual(ask(hours({ zone: 'recipient' }), '12345'), { ok: true, dueMs: at('2026-01-11T07:00:00Z') })
  assert.deepEqual(ask(hours({}), '+6591234567', 'sms', 'Mars/Olympus'), { ok: true, dueMs: at('2026-01-11T08:00:00Z') })
})
