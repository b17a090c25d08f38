import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decimalOf, isCurrency, microFrom } from './money.ts'

test('decimals become millionths and come back as they were', () => {
  for (const [text, micro] of [
    ['0.0075', 7500],
    ['1.50', 1_500_000],
    ['0.00', 0],
    ['-0.10', -100_000],
    ['999999999.999999', 999_999_999_999_999],
    // 0.1 + 0.2 and their like have no exact floating-point form.
    ['0.30', 300_000],
    ['1.000001', 1_000_001],
  ] as const) {
    assert.equal(microFrom(text), micro)
    assert.equal(decimalOf(micro), text)
  }
  assert.equal(microFrom('12'), 12_000_000)
  assert.equal(decimalOf(12_000_000, 0), '12')
  assert.equal(microFrom('-0'), 0)
})

test('what is no plain decimal is no amount', () => {
  for (const text of ['', '.5', '5.', '1e3', '0x10', ' 1', '1,5', '1.0000001', '1234567890', '--1', 'NaN'])
    assert.equal(microFrom(text), undefined)
})

test('currencies are those of ISO 4217', () => {
  assert.ok(isCurrency('USD') && isCurrency('SGD') && isCurrency('EUR'))
  assert.ok(!isCurrency('usd') && !isCurrency('XQQ') && !isCurrency(''))
})
