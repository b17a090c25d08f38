import assert from 'node:assert/strict'
import { test } from 'node:test'
import { RefusalSample } from './refusal-sample.ts'

function sampleAt() {
  const at = { ms: 1_000_000 }
  return { at, sample: new RefusalSample({ nowMs: () => at.ms }) }
}

const keptOf = (sample: RefusalSample, source: string, kind: 'strangers' | 'known', times: number): number =>
  Array.from({ length: times }, () => sample.take(source, kind)).filter(({ kept }) => kept).length

test('a stranger has twenty a minute, whom we know more, and the first of the next minute tells how many were left out', () => {
  const { at, sample } = sampleAt()
  assert.equal(keptOf(sample, '10.0.0.1', 'strangers', 50), 20)
  assert.equal(keptOf(sample, '10.0.0.2', 'known', 500), 120)
  at.ms += 60_001
  assert.deepEqual(sample.take('10.0.0.1', 'strangers'), { kept: true, leftOut: 30 })
  assert.deepEqual(sample.take('10.0.0.1', 'strangers'), { kept: true, leftOut: 0 })
})

test('many sources together have no more than the whole', () => {
  const { at, sample } = sampleAt()
  let kept = 0
  for (let i = 0; i < 5_000; i += 1) kept += keptOf(sample, `source ${i}`, 'strangers', 1)
  assert.equal(kept, 1_200)
  at.ms += 60_001
  assert.equal(sample.take('another', 'strangers').kept, true)
})
