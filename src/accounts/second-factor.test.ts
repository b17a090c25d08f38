import { test } from 'node:test'
import assert from 'node:assert/strict'
import { currentCode, enrolmentUri, matchingStep, newSeed } from './second-factor.ts'

const now = 1_750_000_000_000

test('the codes of RFC 6238, appendix B (SHA-1), in six digits', () => {
  const seed = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ'
  for (const [seconds, code] of [
    [59, '287082'],
    [1111111109, '081804'],
    [1234567890, '005924'],
    [20000000000, '353130'],
  ] as const) {
    assert.equal(currentCode(seed, seconds * 1000), code)
  }
})

test('a code is good in its step and the ones beside it', () => {
  const seed = newSeed()
  const step = Math.floor(now / 30_000)
  for (const away of [-1, 0, 1]) assert.equal(matchingStep(seed, currentCode(seed, now + away * 30_000), now, 0), step + away)
  for (const away of [-2, 2]) assert.equal(matchingStep(seed, currentCode(seed, now + away * 30_000), now, 0), undefined)
})

test('a code is good once, and none older than the last is', () => {
  const seed = newSeed()
  const step = matchingStep(seed, currentCode(seed, now), now, 0)!
  assert.equal(matchingStep(seed, currentCode(seed, now), now, step), undefined)
  assert.equal(matchingStep(seed, currentCode(seed, now - 30_000), now, step), undefined)
  assert.equal(matchingStep(seed, currentCode(seed, now + 30_000), now, step), step + 1)
})

test('what is no code is wrong', () => {
  const seed = newSeed()
  for (const text of ['', '12345', '1234567', 'abcdef', ` ${currentCode(seed, now)}x`])
    assert.equal(matchingStep(seed, text, now, 0), undefined, text)
  assert.match(enrolmentUri(seed, 'a@example.com'), new RegExp(`^otpauth://totp/Offhook:a.*secret=${seed}`))
})
