import { test } from 'node:test'
import assert from 'node:assert/strict'
import { randomFrom } from '../../../test/fuzz/random.ts'
import { absoluteTime, parseSmppTime, relativeTime } from './smpp-time.ts'

const nowMs = Date.UTC(2026, 10, 21, 6, 7, 8, 900)

test('the examples of the specification', () => {
  // SMPP 3.4 7.1.1: `020610233429000R` is 2 years, 6 months, 10 days, 23 hours, 34 minutes and 29 seconds from now.
  assert.equal(parseSmppTime('020610233429000R', nowMs), Date.UTC(2029, 4, 31, 6 + 23, 7 + 34, 8 + 29, 900))
  assert.equal(absoluteTime(nowMs), '261121060708900+')
})

test('absolute times both ways', () => {
  const random = randomFrom(1)
  for (let n = 0; n < 500; n++) {
    const atMs = nowMs + random.below(40 * 365 * 864_000) * 100 - 20 * 365 * 86_400_000
    const written = absoluteTime(atMs)
    assert.equal(written.length, 16)
    assert.equal(parseSmppTime(written, nowMs), atMs)
  }
  assert.equal(parseSmppTime('261121080708908+', nowMs), nowMs)
  assert.equal(parseSmppTime('261121010708920-', nowMs), nowMs)
  assert.equal(parseSmppTime('991231235959900+', nowMs), Date.UTC(1999, 11, 31, 23, 59, 59, 900))
})

test('relative times both ways', () => {
  for (const durationMs of [0, 1_000, 59_000, 3_600_000, 86_400_000, 31 * 86_400_000 + 5_000])
    assert.equal(parseSmppTime(relativeTime(durationMs)!, nowMs), nowMs + durationMs)
  assert.equal(relativeTime(1), '000000000001000R')
  assert.equal(relativeTime(32 * 86_400_000), undefined)
})

test('what is no time', () => {
  for (const bad of [
    '',
    '261121060708900',
    '26112106070890+',
    '261321060708900+',
    '260230000000000+',
    '261121240000000+',
    '261121000000049+',
    'x'.repeat(16),
  ])
    assert.equal(parseSmppTime(bad, nowMs), undefined, bad)
})
