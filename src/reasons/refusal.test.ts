import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Refusal, detailOf, fillTemplate, refusal, refuse, refuseAll } from './refusal.ts'

test('a refusal carries its reason and values, and says its sentence', () => {
  const one = refusal('request.parameter_invalid', { parameter: 'To', value: 'abc', expected: 'a number' })
  assert.ok(one instanceof Error)
  assert.equal(one.message, 'request.parameter_invalid')
  assert.equal(one.name, 'Refusal')
  assert.deepEqual(one.errors, [])
  assert.equal(detailOf(one), 'The value abc of the parameter To is not acceptable; expected a number.')
  assert.equal(
    detailOf(refusal('request.parameter_invalid', { parameter: 'To' })),
    'The value of the parameter To is not acceptable.',
  )
})

test('a pause given as a parameter is the pause of the refusal', () => {
  assert.equal(refusal('rate.limit_exceeded', { scope: 'api', limit: 5, windowMs: 1000, retryAfterMs: 250 }).retryAfterMs, 250)
  assert.equal(refusal('platform.draining', {}, { retryAfterMs: 9 }).retryAfterMs, 9)
  assert.equal(refusal('platform.draining').retryAfterMs, undefined)
})

test('refuse throws, refuseAll throws the first with all of them', () => {
  assert.throws(
    () => refuse('auth.credentials_invalid'),
    (thrown) => thrown instanceof Refusal && thrown.reason === 'auth.credentials_invalid',
  )
  const all = [refusal('request.parameter_missing', { parameter: 'To' }), refusal('request.parameter_zero', { parameter: 'Max' })]
  assert.throws(
    () => refuseAll(all),
    (thrown) =>
      thrown instanceof Refusal &&
      thrown.reason === 'request.parameter_missing' &&
      thrown.errors === all &&
      thrown.params['parameter'] === 'To',
  )
})

test('no stack is captured, and the setting is left as it was', () => {
  const before = Error.stackTraceLimit
  assert.ok(!refusal('outcome.success').stack?.includes('\n'))
  assert.equal(Error.stackTraceLimit, before)
  assert.ok(before > 0)
})

test('values stay text: braces and brackets in them are not read again', () => {
  assert.equal(fillTemplate('a {x}[ b {y}] c', { x: '{y}[z]', y: '{x}' }), 'a {y}[z] b {x} c')
  assert.equal(fillTemplate('a {x}[ b {y}] c', { x: '$&' }), 'a $& c')
})

test('wrong values do not compile', () => {
  // @ts-expect-error a required parameter is missing
  refusal('request.parameter_missing')
  // @ts-expect-error a parameter that the reason does not have
  refusal('request.parameter_missing', { parameter: 'a', colour: 'red' })
  // @ts-expect-error a reason that does not exist
  refusal('request.sideways')
  // @ts-expect-error a text where a whole number belongs
  refusal('request.batch_too_large', { limit: '5' })
})

test('amounts are told as people write them, to the last digit', () => {
  const detail = (params: object): string => detailOf(refusal('credit.insufficient', params))
  assert.equal(
    detail({ requiredMicros: 2_000_000, balanceMicros: 7500, currency: 'USD' }),
    'The credit is too low: 2.00 USD are needed, 0.0075 USD are there.',
  )
  assert.equal(detail({ requiredMicros: 1, currency: 'EUR' }), 'The credit is too low: 0.000001 EUR are needed.')
  assert.equal(detail({}), 'The credit is too low.')
})
