import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { MessageRow } from '#store/messages.ts'
import { FairQueue, laneAtMost, laneLow } from './fair-queue.ts'

const row = (id: number, account = 1, priority = 1): MessageRow => ({ id, account_id: account, priority }) as MessageRow
const rows = (from: number, to: number): MessageRow[] => Array.from({ length: to - from + 1 }, (_, n) => row(from + n))

function drained(queue: FairQueue): number[] {
  const ids: number[] = []
  for (let next = queue.next(); next; next = queue.next()) ids.push(next.id)
  return ids
}

test('accounts take turns, whatever each has; priority goes before turns', () => {
  const queue = new FairQueue()
  for (const id of [1, 2, 3, 4]) queue.offer(row(id, 1))
  for (const id of [11, 12]) queue.offer(row(id, 2))
  queue.offer(row(21, 3))
  queue.offer(row(5, 1, 0))
  queue.offer(row(31, 4, 2))
  assert.equal(queue.length, 9)
  assert.deepEqual(drained(queue), [5, 1, 11, 21, 2, 12, 3, 4, 31])
  assert.equal(queue.length, 0)
})

test('what a full lane does not take is left to the store, and read once the lane runs low', () => {
  const queue = new FairQueue()
  for (let id = 1; id <= laneAtMost; id += 1) assert.equal(queue.offer(row(id)), true)
  assert.equal(queue.offer(row(5000)), false)
  // Behind the point up to which the store was read it would not be found there any more.
  assert.equal(queue.offer(row(4000)), true)
  assert.equal(queue.offer(row(6000)), false)
  assert.deepEqual([...queue.low()], [])
  while (queue.length >= laneLow) queue.next()
  const [lane] = queue.low()
  assert.equal(lane!.upTo, 4999)
  queue.filling(lane!)
  assert.deepEqual([...queue.low()], [], 'one reading at a time')
  queue.filled(lane!, [row(5000), row(6000)], null)
  assert.deepEqual(drained(queue).slice(-2), [5000, 6000])
  assert.equal(queue.offer(row(7000)), true, 'nothing of it is in the store')
})

test('what is queued while the store is read is not missed', () => {
  const queue = new FairQueue()
  queue.leave(1, 1)
  const [lane] = queue.low()
  queue.filling(lane!)
  assert.equal(queue.offer(row(9)), false, 'the reading may find it')
  queue.filled(lane!, [row(1)], null)
  const [again] = queue.low()
  assert.equal(again, lane, 'or may not, so it is read again')
  assert.equal(again!.upTo, -1)
  queue.filling(again!)
  queue.filled(again!, [row(9)], null)
  assert.deepEqual(drained(queue), [1, 9])
  assert.deepEqual([...queue.low()], [])
})

test('what was put back is read again, also when the lane was read further', () => {
  const queue = new FairQueue()
  queue.leave(1, 1)
  const [lane] = queue.low()
  queue.filling(lane!)
  queue.filled(lane!, rows(1, 10), 10)
  assert.equal(lane!.upTo, 10)
  const third = [queue.next(), queue.next(), queue.next()][2]!
  queue.leave(1, 1, third.id)
  assert.equal(lane!.upTo, 2)
  queue.filling(lane!)
  queue.leave(1, 1, 2)
  queue.filled(lane!, [row(11)], null)
  assert.equal(lane!.upTo, 1, 'it came back while it was read')
})

test('a reading that failed is made again', () => {
  const queue = new FairQueue()
  queue.leave(1, 0)
  const [lane] = queue.low()
  queue.filling(lane!)
  queue.notFilled(lane!)
  assert.deepEqual([...queue.low()], [lane])
})
