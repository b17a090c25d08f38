import assert from 'node:assert/strict'
import test from 'node:test'
import { addProcessFigures, Metrics } from './metrics.ts'

test('counters and rows in the text form, labels escaped', () => {
  const metrics = new Metrics()
  const plain = metrics.counter('plain_total', 'Without labels.', [])
  const labelled = metrics.counter('labelled_total', 'With labels.', ['face', 'reason'])
  assert.match(
    metrics.text(),
    /^# HELP plain_total Without labels\.\n# TYPE plain_total counter\nplain_total 0\n# HELP labelled_total With labels\.\n# TYPE labelled_total counter\n$/,
  )
  plain.inc()
  plain.inc(2)
  labelled.labels('api', 'a"b\\c\nd').inc()
  labelled.labels('api', 'a"b\\c\nd').inc()
  metrics.gauge('level', 'A level.', () => Infinity)
  const text = metrics.text()
  assert.match(text, /^plain_total 3$/m)
  assert.ok(text.includes('labelled_total{face="api",reason="a\\"b\\\\c\\nd"} 2\n'), text)
  assert.match(text, /^# TYPE level gauge\nlevel \+Inf$/m)
  assert.throws(() => metrics.gauge('level', 'Again.', () => 1), /two metrics are named level/)
})

test('the figures of the process are numbers', () => {
  const metrics = new Metrics()
  addProcessFigures(metrics)
  const lines = metrics
    .text()
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
  assert.ok(lines.length >= 9)
  for (const line of lines) assert.match(line, /^[a-z_][a-z0-9_]*(?:\{version="v\d[^"]*"\})? \d[\d.e+-]*$/)
  const memory = lines.find((line) => line.startsWith('process_resident_memory_bytes '))
  assert.ok(Number(memory?.split(' ')[1]) > 1_000_000)
})
