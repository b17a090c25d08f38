import { test } from 'node:test'
import assert from 'node:assert/strict'
import { isE164Form, parseE164, senderOf } from './e164.ts'

test('a number is read with and without +, and as people write it', () => {
  for (const text of ['+12025550123', '12025550123', '+1 202-555-0123', '+1 (202) 555-0123', ' +12025550123 ']) {
    const parsed = parseE164(text)
    assert.deepEqual(
      [parsed?.number, parsed?.country, parsed?.callingCode, parsed?.national],
      ['+12025550123', 'US', '1', '2025550123'],
    )
  }
  assert.equal(parseE164('020 7946 0958', { country: 'GB' })?.number, '+442079460958')
  assert.equal(parseE164('020 7946 0958', { country: 'gb' })?.number, '+442079460958')
  assert.equal(parseE164('2025550123', { country: 'US' })?.number, '+12025550123')
  // Without + and with a country: the reading that is valid.
  assert.equal(parseE164('6591230001', { country: 'US' })?.number, '+6591230001')
  assert.equal(parseE164('12025550123', { country: 'GB' })?.number, '+12025550123')
  assert.equal(parseE164('12025550123', { country: 'XX' })?.number, '+12025550123')
  assert.equal(parseE164('+442079460958', { country: 'US' })?.number, '+442079460958')
  assert.equal(parseE164('1 2025550123'), parseE164('1 2025550123'), 'the second time it is remembered')
})

test('its kind and how good it is', () => {
  const told = (text: string): unknown[] => {
    const parsed = parseE164(text)
    return [parsed?.kind, parsed?.isPossible, parsed?.isValid]
  }
  assert.deepEqual(told('+12025550123'), ['local_or_mobile', true, true])
  assert.deepEqual(told('+447400123456'), ['mobile', true, true])
  assert.deepEqual(told('+442079460958'), ['local', true, true])
  assert.deepEqual(told('+18005550123'), ['tollfree', true, true])
  assert.deepEqual(told('+19002345678'), ['premium', true, true])
  assert.deepEqual(told('+15551234567'), ['unknown', true, false])
  assert.deepEqual(told('+1202555'), ['unknown', false, false])
})

test('what is no number is none', () => {
  for (const text of ['', 'hello', '+', '+0123456789', 'call +12025550123', '+12025550123x5', '1'.repeat(41)]) {
    assert.equal(parseE164(text), undefined, text)
  }
  assert.ok(isE164Form('+12025550123'))
  for (const text of ['12025550123', '+0202555012', '+123456', '+1234567890123456', '+1202555012a'])
    assert.ok(!isE164Form(text), text)
})

test('what is forgotten is read again, the same', () => {
  const first = parseE164('12025550100')
  for (let number = 0; number < 10_001; number += 1) parseE164(`x${number}`)
  const again = parseE164('12025550100')
  assert.notEqual(again, first)
  assert.deepEqual(again, first)
})

test('a sender is a number, a short code, letters, or none of these', () => {
  assert.deepEqual(senderOf('12025550123'), { kind: 'e164', sender: '+12025550123' })
  assert.deepEqual(senderOf('+1 202 555 0123'), { kind: 'e164', sender: '+12025550123' })
  for (const code of ['123', '54321', '12345678']) assert.deepEqual(senderOf(code), { kind: 'short_code', sender: code })
  for (const name of ['ACME', 'A', 'Acme Shop 1', 'Zürich', '1-800-TAXI', 'ACMESHOP{']) {
    assert.deepEqual(senderOf(name), { kind: 'alphanumeric', sender: name })
  }
  const problem = (text: string): string => {
    const sender = senderOf(text)
    return sender.kind === 'invalid' ? sender.problem : sender.kind
  }
  assert.equal(problem('  '), 'empty')
  assert.equal(problem('12'), 'number')
  assert.equal(problem('+123'), 'number')
  assert.equal(problem('1234567890123456'), 'number')
  assert.equal(problem('TwelveLetter'), 'too_long')
  // A brace is two septets.
  assert.equal(problem('ACMESHOPS1{'), 'too_long')
  assert.equal(problem('Привет'), 'characters')
  assert.equal(problem('A\nB'), 'characters')
  assert.equal(problem('!!!'), 'no_letter')
})
