import assert from 'node:assert/strict'
import { test } from 'node:test'
import { growthPercent } from './heap-growth.ts'

const mb = 2 ** 20

test('a heap may grow by 64 MB, a small one to twice its size and a large one by 30 %', () => {
  assert.equal(growthPercent(20 * mb), 100)
  assert.equal(growthPercent(80 * mb), 80)
  assert.equal(growthPercent(128 * mb), 50)
  assert.equal(growthPercent(1_000 * mb), 30)
})
