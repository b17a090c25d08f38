import assert from 'node:assert/strict'
import { test } from 'node:test'
import { growthPercent } from './heap-growth.ts'

const mb = 2 ** 20

test('a heap may grow by 48 MB, a small one to twice its size and a large one by 30 %', () => {
  assert.equal(growthPercent(20 * mb), 100)
  assert.equal(growthPercent(80 * mb), 60)
  assert.equal(growthPercent(120 * mb), 40)
  assert.equal(growthPercent(1_000 * mb), 30)
})
