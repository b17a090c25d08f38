import assert from 'node:assert/strict'
import { test } from 'node:test'
import { calledIn, dialled, numberIn, numberOut, type NumberRules } from './number-format.ts'

const rules = (over: Partial<NumberRules> = {}): NumberRules => ({
  numbers: 'plus',
  countryCode: '49',
  nationalPrefix: '0',
  internationalPrefix: '00',
  strip: '',
  prefix: '',
  inboundStrip: '',
  ...over,
})

test('numbers go as the carrier writes them, and come back the same', () => {
  const national = rules({ numbers: 'national' })
  const digits = rules({ numbers: 'digits' })
  const american = rules({ numbers: 'national', countryCode: '+1', nationalPrefix: '', internationalPrefix: '011' })
  assert.equal(numberOut('+4930123456', rules()), '+4930123456')
  assert.equal(numberOut('+4930123456', digits), '4930123456')
  assert.equal(numberOut('+4930123456', national), '030123456')
  assert.equal(numberOut('+442071838750', national), '00442071838750')
  assert.equal(numberOut('+12125550100', american), '2125550100')
  assert.equal(numberOut('+442071838750', american), '011442071838750')
  for (const each of [rules(), digits, national, american]) {
    for (const number of ['+4930123456', '+442071838750', '+12125550100'])
      assert.equal(numberIn(numberOut(number, each), each), number)
  }
})

test('what is no such number goes and comes as it is', () => {
  for (const text of ['110', 'ann', '*21#', 'anonymous', '']) {
    assert.equal(numberOut(text, rules({ numbers: 'national' })), text)
    assert.equal(numberIn(text, rules({ numbers: 'digits' })), text)
  }
})

test('prefixes of called numbers', () => {
  assert.equal(dialled('+4930123456', rules({ strip: '+49', prefix: '99#' })), '99#30123456')
  assert.equal(calledIn('99949301234567', rules({ numbers: 'digits', inboundStrip: '999' })), '+49301234567')
})
