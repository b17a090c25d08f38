// Numbers for help, however they are written, and numbers that only look like them.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { emergencyNumber } from './emergency.ts'

test('a number for help is known with a +, with the code of a country, and by its country', () => {
  for (const [dialled, country, number] of [
    ['911', 'US', '911'],
    ['+911', 'US', '911'],
    ['+1911', 'US', '911'],
    ['112', 'US', '112'],
    ['+49112', 'DE', '112'],
    ['110', 'DE', '110'],
    ['+49110', 'US', '110'],
    ['999', 'GB', '999'],
    ['+44999', 'GB', '999'],
  ] as const)
    assert.equal(emergencyNumber(dialled, country), number, dialled)
})

test('other numbers are none', () => {
  for (const [dialled, country] of [
    ['999', 'US'],
    ['+19115550100', 'US'],
    ['+14155550911', 'US'],
    ['+493012345112', 'DE'],
    ['9', 'US'],
  ] as const)
    assert.equal(emergencyNumber(dialled, country), undefined, dialled)
})
