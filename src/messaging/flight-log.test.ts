import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, truncateSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { FlightLog } from './flight-log.ts'

const dir = mkdtempSync(join(tmpdir(), 'offhook-flights-'))
after(() => rmSync(dir, { recursive: true, force: true }))

test('what had departed is found by the next process, until it begins a log of its own', () => {
  const path = join(dir, 'one')
  const log = new FlightLog(path)
  assert.deepEqual(log.found(), [])
  log.begin()
  const slots = [log.departed(2 ** 52 + 1, 1), log.departed(7, 3)]
  log.landed(slots[0]!)
  log.departed(8, 1)
  log.close()
  const next = new FlightLog(path)
  const found = [
    { id: 8, attempt: 1 },
    { id: 7, attempt: 3 },
  ]
  assert.deepEqual(next.found(), found)
  assert.deepEqual(next.found(), found, 'a process that dies before it begins leaves them to the next')
  next.begin()
  assert.deepEqual(next.found(), [])
  next.close()
})

test('a slot that landed names its message until another takes it, and half a slot names none', () => {
  const path = join(dir, 'two')
  const log = new FlightLog(path)
  log.begin()
  log.landed(log.departed(5, 1))
  log.departed(6, 1)
  log.departed(9, 1)
  log.close()
  truncateSync(path, 24)
  assert.deepEqual(new FlightLog(path).found(), [{ id: 6, attempt: 1 }])
})

test('what cannot be written does not depart, and takes no slot', () => {
  const path = join(dir, 'three')
  const log = new FlightLog(path)
  assert.throws(() => log.departed(1, 1))
  log.begin()
  assert.equal(log.departed(2, 1), 0)
  log.close()
})
