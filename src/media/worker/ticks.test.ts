import assert from 'node:assert/strict'
import { test } from 'node:test'
import { handClock } from '#values/clock.ts'
import { Ticks, type Ticking } from './ticks.ts'

class Counted implements Ticking {
  readonly at: number[] = []
  missed = 0
  readonly #clock: { elapsedMs(): number }

  constructor(clock: { elapsedMs(): number }) {
    this.#clock = clock
  }

  tick(_nowMs: number, missed: number): void {
    this.at.push(this.#clock.elapsedMs())
    this.missed += missed
  }
}

test('each has a turn every 20 ms, four groups 5 ms apart', () => {
  const clock = handClock()
  const ticks = new Ticks(clock, () => assert.fail())
  const all = Array.from({ length: 8 }, () => new Counted(clock))
  for (const one of all) ticks.add(one)
  clock.advance(1_000)
  const firsts = all.map(({ at }) => at[0])
  assert.deepEqual(
    [...new Set(firsts)].toSorted((a, b) => a! - b!),
    [5, 10, 15, 20],
  )
  for (const { at, missed } of all) {
    assert.equal(at.length, 50)
    assert.equal(missed, 0)
    assert.ok(at.every((ms, index) => index === 0 || ms === at[index - 1]! + 20))
  }
  ticks.remove(all[0]!)
  clock.advance(100)
  assert.equal(all[0]!.at.length, 50)
  assert.equal(all[1]!.at.length, 55)
})

test('after a stall there is one turn, and what was missed is told', () => {
  let late = 0
  const clock = handClock()
  const slow = { ...clock, elapsedMs: () => clock.elapsedMs() + late }
  const ticks = new Ticks(slow, () => assert.fail())
  const one = new Counted(slow)
  ticks.add(one)
  clock.advance(100)
  const before = one.at.length
  // The thread was held up for a fifth of a second.
  late = 200
  clock.advance(5)
  assert.ok(one.at.length <= before + 1)
  clock.advance(95)
  assert.equal(one.at.length + one.missed, 20)
  assert.ok(one.missed >= 9)
  assert.ok(ticks.takeLateP99Ms() >= 195)
  assert.equal(ticks.takeLateP99Ms(), 0)
})

test('one that fails does not cost the others their turn', () => {
  const clock = handClock()
  const failed: Ticking[] = []
  const ticks = new Ticks(clock, (one) => failed.push(one))
  const bad: Ticking = {
    tick() {
      throw new Error('bad')
    },
  }
  const good = new Counted(clock)
  for (let each = 0; each < 4; each += 1) ticks.add(each === 0 ? bad : new Counted(clock))
  ticks.add(good)
  clock.advance(40)
  assert.deepEqual(failed, [bad, bad])
  assert.equal(good.at.length, 2)
})
