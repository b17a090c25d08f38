// Rate limits: told in headers, refused with how long to wait, for the key, the account and the platform; a window that is
// over; a penalty; and two processes on one PostgreSQL that share a limit within ten in a hundred.

import { describe, test } from 'node:test'
import assert from 'node:assert/strict'
import { Rates, type RateRule } from '#accounts/rates.ts'
import { Refusal } from '#reasons/refusal.ts'
import { handClock } from '#values/clock.ts'
import { onBothEngines } from '../both-engines.ts'
import { openHouse } from '../house.ts'

/** How many of so many requests are let through. */
async function admitted(rates: readonly Rates[], rule: RateRule, requests: number): Promise<number> {
  let count = 0
  for (let n = 0; n < requests; n += 1) {
    try {
      await rates[n % rates.length]!.take(rule)
      count += 1
    } catch (error) {
      assert.ok(error instanceof Refusal && error.reason === 'rate.limit_exceeded', String(error))
    }
  }
  return count
}

onBothEngines('rates', (bench) => {
  const rule = { bucket: 'key 1', limit: 10, windowMs: 60_000, scope: 'api' }
  // At the start of a window.
  const clockOf = () => handClock(Math.ceil(1_750_000_000_000 / 60_000) * 60_000)

  test('so many in a window, then none until it ends', async () => {
    const clock = clockOf()
    const rates = new Rates(await bench.open(), clock)
    const state = await rates.take(rule)
    assert.deepEqual(state, { limit: 10, remaining: 9, windowMs: 60_000, resetMs: 60_000 })
    assert.equal(await admitted([rates], rule, 20), 9)
    clock.advance(15_000)
    await assert.rejects(
      async () => rates.take(rule),
      (error: Refusal) => {
        assert.deepEqual(error.params, { scope: 'api', limit: 10, windowMs: 60_000, retryAfterMs: 45_000 })
        return error.retryAfterMs === 45_000
      },
    )
    assert.deepEqual(rates.peek(rule), { limit: 10, remaining: 0, windowMs: 60_000, resetMs: 45_000 })
    assert.equal(await admitted([rates], { ...rule, bucket: 'key 2' }, 20), 10, 'another has its own')
    clock.advance(45_000)
    assert.equal(await admitted([rates], rule, 20), 10)
  })

  test('with a penalty, asking on while over the limit keeps the door closed', async () => {
    const clock = clockOf()
    const rates = new Rates(await bench.open(), clock)
    const strict = { ...rule, bucket: 'user 1 light', penalty: true }
    assert.equal(await admitted([rates], strict, 11), 10)
    clock.advance(59_000)
    assert.equal(await admitted([rates], strict, 1), 0)
    clock.advance(59_000)
    assert.equal(await admitted([rates], strict, 1), 0, 'the window began anew')
    clock.advance(60_001)
    assert.equal(await admitted([rates], strict, 1), 1)
  })

  test('a limit of the key, the account and the platform, told in headers', async () => {
    const house = await openHouse(await bench.open())
    const root = house.ids.show('account', house.operator.caller.account.id)
    const sandbox = house.ids.show('account', house.sandbox.caller.account.id)
    const limit = (id: string, limits: object) =>
      house.ask('PATCH', `/accounts/${id}`, { key: house.operator.key, body: { settings: { limits } } })
    const reasonsOf = async (key: string): Promise<Set<string>> => {
      const seen = new Set<string>()
      // At once: of so many, more than the limit are within one second, also where the next one begins meanwhile.
      for (const told of await Promise.all(Array.from({ length: 40 }, () => house.ask('GET', '/whoami', { key })))) {
        if (told.status === 200) assert.match(String(told.headers['ratelimit-limit']), /^\d+$/)
        else {
          assert.equal(told.status, told.json.reason === 'rate.limit_exceeded' ? 429 : 503)
          assert.equal(told.headers['retry-after'], '1')
          seen.add(`${told.json.reason} ${told.json.params.scope ?? ''}`.trim())
        }
      }
      return seen
    }
    await limit(sandbox, { keyPerSecond: 5, accountPerSecond: 1000 })
    assert.ok((await reasonsOf(house.sandbox.key)).has('rate.limit_exceeded api'))
    await limit(sandbox, { keyPerSecond: 1000, accountPerSecond: 5 })
    assert.ok((await reasonsOf(house.sandbox.key)).has('rate.limit_exceeded account'))
    await limit(sandbox, { keyPerSecond: 1000, accountPerSecond: 1000 })
    await limit(root, { platformPerSecond: 5 })
    assert.ok((await reasonsOf(house.sandbox.key)).has('rate.platform_limit_exceeded'))
  })

  if (bench.engine === 'postgres') {
    describe('two processes on one database', () => {
      for (const limit of [20, 100, 1000]) {
        test(`a limit of ${limit} is shared within ten in a hundred`, async () => {
          const place = await bench.newPlace()
          const clock = clockOf()
          const both = [new Rates(await bench.open(place), clock), new Rates(await bench.open(place), clock)]
          const whole = { ...rule, limit }
          for (let window = 0; window < 2; window += 1) {
            const count = await admitted(both, whole, limit * 2)
            assert.ok(Math.abs(count - limit) <= limit / 10, `${count} of ${limit}`)
            clock.advance(60_000)
          }
          const lonely = await admitted(both.slice(0, 1), whole, limit * 2)
          assert.ok(Math.abs(lonely - limit) <= limit / 10, `one alone may take it all: ${lonely} of ${limit}`)
        })
      }

      test('what comes together at one process takes no more than it needs', async () => {
        const place = await bench.newPlace()
        const clock = clockOf()
        const [one, other] = [new Rates(await bench.open(place), clock), new Rates(await bench.open(place), clock)]
        const whole = { ...rule, limit: 100 }
        await Promise.all(Array.from({ length: 60 }, () => one.take(whole)))
        assert.equal(await admitted([other], whole, 60), 40)
      })

      test('what was granted for a window that ended while it was asked for is not spent in the next', async () => {
        const place = await bench.newPlace()
        const clock = clockOf()
        const both = [new Rates(await bench.open(place), clock), new Rates(await bench.open(place), clock)]
        const whole = { ...rule, limit: 100 }
        const early = Array.from({ length: 60 }, (_, n) => Promise.resolve(both[n % 2]!.take(whole)).catch(() => undefined))
        clock.advance(60_000)
        const late = both.map((rates) => Promise.resolve(rates.take(whole)))
        await Promise.all([...early, ...late])
        const left = await admitted(both, whole, 300)
        assert.ok(left + 2 <= 110, `${left}`)
      })
    })
  }
})
