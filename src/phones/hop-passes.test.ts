import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Key } from '#values/secrets.ts'
import { HopPasses, type HopPass } from './hop-passes.ts'

const key = new Key('ab'.repeat(32))
const pass: HopPass = { deed: 'down', at: '10.0.0.5:5070', fellow: '[fd00::6]:5070', flow: 'tcp 10.0.0.5:5060 192.0.2.9:4711 17' }

function passes(of = key): { passes: HopPasses; at: (nowMs: number) => void } {
  let nowMs = 1_750_000_000_000
  return { passes: new HopPasses(of, { nowMs: () => nowMs }), at: (ms) => (nowMs = 1_750_000_000_000 + ms) }
}

test('a pass says what it was made with, and fits into the user part of a URI', () => {
  const { passes: some } = passes()
  for (const deed of ['down', 'up', 'in'] as const) {
    const text = some.make({ ...pass, deed }, 'a@b', 1_000)
    assert.match(text, /^[A-Za-z0-9._-]+$/)
    assert.ok(HopPasses.looksLike(text))
    assert.deepEqual(some.read(text, 'a@b'), { ...pass, deed })
  }
})

test('of a pass nothing can be changed, and it is good for one call', () => {
  const { passes: some } = passes()
  const text = some.make(pass, 'a@b', 1_000)
  for (let at = 0; at < text.length; at += 1) {
    const changed = `${text.slice(0, at)}${text[at] === '7' ? '8' : '7'}${text.slice(at + 1)}`
    assert.equal(some.read(changed, 'a@b'), 'forged', `at ${at}`)
  }
  assert.equal(some.read(text, 'a@c'), 'forged')
  assert.equal(some.read('', ''), 'forged')
  assert.equal(some.read(`${text}0`, 'a@b'), 'forged')
  const { passes: others } = passes(new Key('cd'.repeat(32)))
  assert.equal(others.read(text, 'a@b'), 'forged')
})

test('a pass is good for its time', () => {
  const { passes: some, at } = passes()
  const text = some.make(pass, 'a@b', 1_000)
  at(1_000)
  assert.notEqual(some.read(text, 'a@b'), 'expired')
  at(1_001)
  assert.equal(some.read(text, 'a@b'), 'expired')
})
