import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Pace } from './pace.ts'

const account = (messagesPerSecond: number, senderPerSecond: number) => ({
  id: 1,
  settings: { limits: { messagesPerSecond, senderPerSecond } },
})

test('without a limit everything goes at once', () => {
  const pace = new Pace()
  for (let n = 0; n < 100; n += 1) assert.equal(pace.slotFor(account(0, 0), 'a', 1000), undefined)
})

test('slots of a sender lie apart as its limit says, and those of another sender are its own', () => {
  const pace = new Pace()
  const slots = [1, 2, 3].map(() => pace.slotFor(account(0, 10), 'a', 1000))
  assert.deepEqual(slots, [undefined, 1100, 1200])
  assert.equal(pace.slotFor(account(0, 10), 'b', 1000), undefined)
})

test('an account has its limit over all its senders; time that passes frees it', () => {
  const pace = new Pace()
  assert.equal(pace.slotFor(account(2, 0), 'a', 1000), undefined)
  assert.equal(pace.slotFor(account(2, 0), 'b', 1000), 1500)
  assert.equal(pace.slotFor(account(2, 0), 'c', 5000), undefined)
})
