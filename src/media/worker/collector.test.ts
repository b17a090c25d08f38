import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Collect } from '../contract.ts'
import { Collector } from './collector.ts'

const wish: Collect = {
  valid: '0123456789',
  most: 4,
  finishOn: '#',
  firstMs: 5_000,
  betweenMs: 2_000,
  bargeIn: true,
  typeAhead: true,
}

function collector(more: Partial<Collect> = {}) {
  const told: unknown[] = []
  const one = new Collector(
    { ...wish, ...more },
    {
      collected: (how, digits, finishedBy) => told.push([how, digits, finishedBy]),
      bargedIn: () => told.push('bargedIn'),
    },
  )
  if (!more.prompt) one.opens(0)
  return { one, told }
}

test('each way to end', () => {
  const type = (digits: string, untilMs: number, more: Partial<Collect> = {}) => {
    const { one, told } = collector(more)
    for (const [at, digit] of [...digits].entries()) one.digit(digit, (at + 1) * 100)
    one.tick(untilMs)
    return told
  }
  assert.deepEqual(type('1234', 0), [['most', '1234', undefined]])
  assert.deepEqual(type('12#', 0), [['finished', '12', '#']])
  assert.deepEqual(type('12', 2_199), [])
  assert.deepEqual(type('12', 2_200), [['between_timeout', '12', undefined]])
  assert.deepEqual(type('', 4_999), [])
  assert.deepEqual(type('', 5_000), [['first_timeout', '', undefined]])
  assert.deepEqual(type('1', 1_500, { inAllMs: 1_500 }), [['in_all', '1', undefined]])
  assert.deepEqual(type('*1', 2_300), [['between_timeout', '1', undefined]])
  assert.deepEqual(type('12345', 0, { most: 0, finishOn: '' }), [])
})

test('nothing is waited for while the prompt plays', () => {
  const { one, told } = collector({ prompt: [{ kind: 'silence', ms: 1 }] })
  one.tick(60_000)
  assert.deepEqual(told, [])
  one.opens(60_000)
  one.tick(64_999)
  assert.deepEqual(told, [])
  one.tick(65_000)
  assert.deepEqual(told, [['first_timeout', '', undefined]])
})

test('a digit in the prompt ends it, waits for its end, or does not count', () => {
  const prompt = [{ kind: 'silence', ms: 1 }] as const
  const barging = collector({ prompt })
  assert.equal(barging.one.digit('*', 10), false)
  assert.equal(barging.one.digit('1', 10), true)
  assert.deepEqual(barging.told, ['bargedIn'])
  const waiting = collector({ prompt, bargeIn: false })
  assert.equal(waiting.one.digit('1', 10), true)
  assert.deepEqual(waiting.told, [])
  const deaf = collector({ prompt, bargeIn: false, typeAhead: false })
  assert.equal(deaf.one.digit('1', 10), false)
})

test('who speaks need not press keys', () => {
  const { one, told } = collector()
  one.speaks()
  one.tick(60_000)
  assert.deepEqual(told, [])
  one.end('speech')
  one.end('stopped')
  assert.deepEqual(told, [['speech', '', undefined]])
})

test('the prompt takes nothing of the time in all', () => {
  const { one, told } = collector({ prompt: [{ kind: 'silence', ms: 10_000 }], inAllMs: 3_000 })
  one.tick(9_980)
  one.opens(10_000)
  one.tick(12_980)
  assert.deepEqual(told, [])
  one.tick(13_000)
  assert.deepEqual(told, [['in_all', '', undefined]])
})
