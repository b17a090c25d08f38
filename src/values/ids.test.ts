import { test } from 'node:test'
import assert from 'node:assert/strict'
import { randomInt } from 'node:crypto'
import { handClock, systemClock } from './clock.ts'
import { BlockIds, DecimalIds, firstIdAt, idSource, idTimeMs } from './ids.ts'
import { Key, randomHex } from './secrets.ts'

const key = new Key(randomHex(32))
const edges = [
  0,
  1,
  2,
  2 ** 26 - 1,
  2 ** 26,
  2 ** 27 - 1,
  2 ** 27,
  2 ** 27 + 1,
  2 ** 32,
  2 ** 52,
  Number.MAX_SAFE_INTEGER - 1,
  Number.MAX_SAFE_INTEGER,
]
const someIds = [...edges, ...Array.from({ length: 5000 }, () => randomInt(2 ** 47) * 64 + randomInt(64))]

test('a block id comes back as the id it was made of, with and without dashes, in either case', () => {
  const ids = new BlockIds(key, 'one')
  const shown = new Set<string>()
  for (const id of someIds) {
    const hex = ids.hex('user', id)
    assert.match(hex, /^[0-9a-f]{32}$/)
    assert.equal(ids.fromHex('user', hex), id)
    assert.equal(ids.fromHex('user', hex.toUpperCase()), id)
    assert.equal(ids.fromHex('user', ids.uuid('user', id)), id)
    shown.add(hex)
  }
  assert.equal(shown.size, new Set(someIds).size)
})

test('a block id of another kind, face or key, or made up, is none', () => {
  const ids = new BlockIds(key, 'one')
  const hex = ids.hex('user', 42)
  assert.equal(ids.fromHex('account', hex), undefined)
  assert.equal(new BlockIds(key, 'two').fromHex('user', hex), undefined)
  assert.equal(new BlockIds(new Key(randomHex(32)), 'one').fromHex('user', hex), undefined)
  for (let tries = 0; tries < 2000; tries += 1) assert.equal(ids.fromHex('user', randomHex(16)), undefined)
  for (const text of ['', 'x', hex.slice(1), `${hex}0`, ` ${hex}`, 'g'.repeat(32)])
    assert.equal(ids.fromHex('user', text), undefined)
})

test('a decimal id comes back as the id it was made of, stays below 2^53, and no two are the same', () => {
  const ids = new DecimalIds(key, 'one')
  const shown = new Set<number>()
  for (const id of someIds) {
    const decimal = ids.encode('user', id)
    assert.ok(Number.isSafeInteger(decimal) && decimal >= 0, `${id} became ${decimal}`)
    assert.equal(ids.decode('user', decimal), id)
    // A leading zero is nobody's; 0 itself is one id in 2^53.
    if (decimal > 0) assert.equal(ids.decode('user', String(decimal)), id)
    shown.add(decimal)
  }
  assert.equal(shown.size, new Set(someIds).size)
})

test('decimal ids of neighbours are far apart, and differ by kind and face', () => {
  const ids = new DecimalIds(key, 'one')
  const [a, b] = [ids.encode('user', 1000), ids.encode('user', 1001)]
  assert.ok(Math.abs(a - b) > 1000)
  assert.notEqual(ids.encode('account', 1000), a)
  assert.notEqual(new DecimalIds(key, 'two').encode('user', 1000), a)
})

test('what is no decimal number is no id', () => {
  const ids = new DecimalIds(key, 'one')
  for (const text of ['', '0', '01', '-1', '1.5', '1e3', ' 1', '9007199254740992', '9'.repeat(17), 'x', '٣'])
    assert.equal(ids.decode('user', text), undefined, text)
  for (const value of [-1, 1.5, Number.NaN, Infinity, 2 ** 53]) assert.equal(ids.decode('user', value), undefined, String(value))
})

test('ids of one node grow, also within a millisecond and when the clock goes back', () => {
  let now = Date.UTC(2026, 0, 1)
  const next = idSource({ ...systemClock, nowMs: () => now }, 3)
  let last = -1
  for (let n = 0; n < 3000; n += 1) {
    if (n === 1000) now -= 3_600_000
    if (n === 2000) now += 3_600_001
    const id = next()
    assert.ok(id > last, `after ${n}`)
    assert.ok(Number.isSafeInteger(id))
    last = id
  }
})

test('ids of different nodes at the same time are different', () => {
  const clock = handClock()
  const all = Array.from({ length: 16 }, (_, node) => idSource(clock, node)).flatMap((next) => Array.from({ length: 300 }, next))
  assert.equal(new Set(all).size, all.length)
})

test('an id tells when it was made, and a time the lowest id of then', () => {
  const clock = handClock(1_750_000_000_123)
  const id = idSource(clock, 7)()
  assert.equal(idTimeMs(id), 1_750_000_000_123)
  assert.ok(firstIdAt(1_750_000_000_123) <= id && id < firstIdAt(1_750_000_000_124))
  assert.equal(firstIdAt(0), 0)
})
