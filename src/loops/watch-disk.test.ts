import { test } from 'node:test'
import assert from 'node:assert/strict'
import { tmpdir } from 'node:os'
import { handClock, systemClock } from '#values/clock.ts'
import { watchDisk } from './watch-disk.ts'

function note() {
  const lines: string[] = []
  return {
    lines,
    journal: {
      diskMeasured: () => undefined,
      diskNearlyFull: (free: number) => void lines.push(`full ${free}`),
      diskHasRoom: (free: number) => void lines.push(`room ${free}`),
      diskNotMeasured: () => void lines.push('unknown'),
    },
  }
}

test('below the reserve the disk is nearly full until there is clearly room again', async () => {
  const { lines, journal } = note()
  let free = 2000
  const watch = await watchDisk('/', 1000, journal, handClock(), async () => free)
  assert.equal(watch.nearlyFull(), false)
  for (const [bytes, full] of [
    [999, true],
    [1010, true],
    [1051, false],
    [1000, false],
  ] as const) {
    free = bytes
    await watch.look()
    assert.equal(watch.nearlyFull(), full, String(bytes))
  }
  assert.deepEqual(lines, ['full 999', 'room 1051'])
})

test('it looks again on its own, and a failed look changes nothing', async () => {
  const { lines, journal } = note()
  const clock = handClock()
  let looks = 0
  const watch = await watchDisk('/', 1000, journal, clock, async () => {
    looks += 1
    if (looks > 2) throw new Error('gone')
    return 1
  })
  clock.advance(2000)
  clock.advance(2000)
  await new Promise((resolve) => setImmediate(resolve))
  assert.equal(looks, 3)
  assert.equal(watch.nearlyFull(), true)
  assert.deepEqual(lines, ['full 1', 'unknown'])
  watch.stop()
  clock.advance(10_000)
  assert.equal(looks, 3)
})

test('a real disk can be measured', async () => {
  const watch = await watchDisk(tmpdir(), 0, note().journal, systemClock)
  assert.ok((await watch.look()) > 0)
  assert.equal(watch.nearlyFull(), false)
  watch.stop()
})
