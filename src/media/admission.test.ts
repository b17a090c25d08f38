import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Admission } from './admission.ts'

const loadOf = (busy: number, lateP99Ms = 0) => ({ streams: 0, busy, lateP99Ms })

test('a worker takes what it holds room for', () => {
  const admission = new Admission(100)
  assert.equal(admission.fullBy(99, 'call'), undefined)
  assert.equal(admission.fullBy(100, 'call'), 'a worker holds at most 100 streams')
  assert.equal(admission.fullBy(100, 'leg'), 'a worker holds at most 100 streams')
})

test('calls that come at once, before anything is known of their load, are let in', () => {
  const admission = new Admission(500)
  admission.took(loadOf(0.01), 5)
  assert.equal(admission.fullBy(480, 'call'), undefined)
})

test('as many that came as went since the last reading leave its load as it was', () => {
  const admission = new Admission(500)
  // Some of those it held were still being opened over there: they cost what they cost by the next reading.
  admission.took(loadOf(0.8), 300)
  assert.equal(admission.fullBy(300, 'call'), undefined)
  assert.equal(admission.fullBy(320, 'call'), undefined)
  assert.equal(admission.fullBy(330, 'call'), 'its core is 80 % busy')
})

test('a call that was let in has its other legs where no new call is let in', () => {
  const admission = new Admission(500)
  admission.took(loadOf(0.9), 300)
  assert.equal(admission.fullBy(300, 'call'), 'its core is 90 % busy')
  assert.equal(admission.fullBy(300, 'leg'), undefined)
  admission.took(loadOf(0.96), 300)
  assert.equal(admission.fullBy(300, 'leg'), 'its core is 96 % busy')
})

test('who is late for three seconds lets no call in, unless it has little to do', () => {
  const admission = new Admission(500)
  for (const each of [1, 2, 3]) {
    assert.equal(admission.fullBy(300, 'call'), undefined, `after ${each - 1}`)
    admission.took(loadOf(0.5, 6), 300)
  }
  assert.equal(admission.fullBy(300, 'call'), 'its packets are 6.0 ms late')
  assert.equal(admission.fullBy(300, 'leg'), undefined)
  assert.equal(admission.fullBy(39, 'call'), undefined)
  admission.took(loadOf(0.3, 6), 300)
  assert.equal(admission.fullBy(300, 'call'), undefined)
})

test('another thread begins with nothing', () => {
  const admission = new Admission(500)
  for (let each = 0; each < 3; each += 1) admission.took(loadOf(0.99, 20), 400)
  admission.restart()
  assert.equal(admission.fullBy(50, 'call'), undefined)
  assert.equal(admission.load.busy, 0)
})
