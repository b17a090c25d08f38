import assert from 'node:assert/strict'
import { test } from 'node:test'
import { amountInBlocks, readChargingBlock } from './charging-block.ts'

test('the first block is charged in any case, further ones as whole ones', () => {
  const rate = { priceMicro: 60_000, per: 60, first: 60, next: 60 }
  assert.deepEqual(
    [0, 1, 60, 61, 121].map((seconds) => amountInBlocks(rate, seconds)),
    [60_000, 60_000, 60_000, 120_000, 180_000],
  )
  assert.equal(amountInBlocks({ ...rate, first: 1, next: 1 }, 61), 61_000)
  assert.equal(amountInBlocks({ priceMicro: 1, per: 60, first: 1, next: 1 }, 1), 1, 'a part of a millionth is one')
})

test('a charging block is two whole numbers from one', () => {
  assert.deepEqual(readChargingBlock('60/1'), { first: 60, next: 1 })
  for (const text of ['', '0/1', '60/0', '-6/6', '6', '6/6/6', '1.5/1', '6 / 6', '06/1', '1000000/1']) {
    assert.equal(readChargingBlock(text), undefined, text)
  }
})
