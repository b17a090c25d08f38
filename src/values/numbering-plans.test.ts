import { test } from 'node:test'
import assert from 'node:assert/strict'
import { getCountries, getExampleNumber, parsePhoneNumberFromString } from 'libphonenumber-js/max'
import examples from 'libphonenumber-js/mobile/examples'
import { parseE164 } from './e164.ts'
import { planOf } from './numbering-plans.ts'

/** The same numbers at each run (Park and Miller). */
function digits(seed: number): (n: number) => string {
  let state = seed
  return (n) => {
    let text = ''
    for (let at = 0; at < n; at += 1) text += String((state = (state * 48_271) % 2_147_483_647) % 10)
    return text
  }
}

test('what a plan takes, the parser finds possible, unchanged and in the same country', () => {
  const next = digits(7)
  let taken = 0
  const numbers: string[] = []
  for (const country of getCountries()) {
    const example = getExampleNumber(country, examples)
    if (!example) continue
    const { number, countryCallingCode } = example
    numbers.push(
      number,
      `${number}0`,
      number.slice(0, -1),
      `+${countryCallingCode}0${number.slice(countryCallingCode.length + 1)}`,
    )
    for (let n = 0; n < 60; n += 1) numbers.push(`+${countryCallingCode}${next(4 + (n % 10))}`.slice(0, 16))
  }
  for (const number of numbers) {
    const plan = /^\+[1-9]\d{6,14}$/.test(number) ? planOf(number) : undefined
    if (!plan?.takes(number)) continue
    taken += 1
    const parsed = parsePhoneNumberFromString(number, { extract: false })!
    assert.equal(parsed.number, number)
    assert.equal(parsed.countryCallingCode, plan.callingCode, number)
    assert.equal(parsed.isPossible(), true, number)
    if (plan.country) assert.equal(parsed.country, plan.country, number)
    const ours = parseE164(number)!
    assert.deepEqual(
      [ours.number, ours.country, ours.callingCode, ours.national, ours.isPossible, ours.isValid],
      [number, parsed.country, parsed.countryCallingCode, parsed.nationalNumber, true, parsed.isValid()],
    )
  }
  assert.ok(taken > 2_000, `${taken} of ${numbers.length}`)
})

test('a trunk prefix and lengths of some countries only are left to the parser', () => {
  assert.equal(planOf('+4407911123456')!.takes('+4407911123456'), false)
  assert.equal(planOf('+447911123456')!.takes('+447911123456'), true)
  assert.equal(planOf('+4479111234567890'.slice(0, 16))!.takes('+44791112345678'), false)
  assert.equal(planOf('+80012345678'), undefined)
})
