// What is known of a call at once and what is written of it, step by step; no store: the steps themselves are looked at.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Refusal } from '#reasons/refusal.ts'
import type { CallStep, StepResult } from '#store/call-life.ts'
import { freshCall, type CallRow } from '#store/calls.ts'
import { handClock } from '#values/clock.ts'
import { CallRecord } from './call-record.ts'

const short: StepResult = { short: { why: 'short', requiredMicro: 5, balanceMicro: 1, currency: 'USD' } }

function recorded(own: Partial<CallRow> = {}, result: StepResult = 'done') {
  const steps: CallStep[] = []
  const write = async (step: CallStep): Promise<StepResult> => {
    steps.push(step)
    return result
  }
  const clock = handClock()
  const row = { ...freshCall, id: 7, account_id: 3, direction: 'out', state: 'queued', detail: '{}', ...own } as CallRow
  const ended: Refusal[] = []
  const call = { hangUp: (why: Refusal) => void ended.push(why) }
  return { record: new CallRecord(clock, { write }, row), steps, clock, call, ended }
}

test('it rings once, and each step says when it was', () => {
  const { record, steps, clock } = recorded()
  record.routed(9, 'sip:a')
  record.rang()
  const rangMs = clock.nowMs()
  clock.advance(10)
  record.rang()
  record.answered({ 'X-A': '1' })
  assert.deepEqual(
    steps.map((step) => [step.to, 'atMs' in step && step.atMs]),
    [
      ['ringing', rangMs],
      ['answered', rangMs + 10],
    ],
  )
  const { state, ringing_ms: ringing, answered_ms: answered, carrier_id: carrier, detail } = record.row
  assert.deepEqual([state, ringing, answered, carrier], ['answered', rangMs, rangMs + 10, 9])
  assert.deepEqual(JSON.parse(detail), { ref: 'sip:a', answerHeaders: { 'X-A': '1' } })
  assert.deepEqual('carrierId' in steps[0]! && [steps[0].carrierId, steps[0].detail], [9, '{"ref":"sip:a"}'])
})

test('a call that nobody can pay for is kept all the same, as one that costs nothing, and ends', async () => {
  for (const [direction, reason] of [
    ['out', 'credit.insufficient'],
    ['in', 'credit.exhausted'],
  ] as const) {
    const { record, steps, call, ended } = recorded({ direction, payer_id: 3, rate_micro: 4, held_micro: 5 }, short)
    const kept = record.create({ face: 'test' }, call)
    assert.equal(record.isKept, false)
    await assert.rejects(kept, (why) => why instanceof Refusal && why.reason === reason)
    assert.deepEqual(
      ended.map((why) => why.reason),
      [reason],
    )
    assert.equal(record.isKept, true)
    assert.deepEqual(
      steps.map((step) => step.to === 'created' && [step.row.payer_id, step.row.rate_micro, step.row.held_micro]),
      [
        [3, 4, 5],
        [null, 0, 0],
      ],
    )
  }
})

test('who is called instead has its price in the record; where the balance does not bear it nothing changes', async () => {
  const to = { ...freshCall, payer_id: 3, rate_micro: 8, charging_block: '1/1', held_micro: 16, currency: 'EUR' } as CallRow
  const rate = { priceMicro: 8, per: 60, first: 1, next: 1 }
  const paid = recorded({ detail: '{"ratePer":30,"ref":"a"}' })
  await paid.record.rerouted(to, rate, 'desk')
  const { forwarded_from: from, rate_micro: micro, currency, detail } = paid.record.row
  assert.deepEqual([from, micro, currency, JSON.parse(detail)], ['desk', 8, 'EUR', { ref: 'a', ratePer: 60 }])

  const unpaid = recorded({}, short)
  const before = unpaid.record.row
  await assert.rejects(unpaid.record.rerouted(to, rate, 'desk'), Refusal)
  assert.equal(unpaid.record.row, before)
})

test('what faces keep is laid over what was kept, and the rest stays', () => {
  const { record, steps } = recorded({ detail: '{"ref":"a","faceData":{"x":1,"y":2}}', application_id: 4 })
  record.keep({ faceData: { y: 3 } })
  record.keep({ callback: { url: 'https://a.example' } })
  assert.deepEqual(JSON.parse(record.row.detail), { ref: 'a', faceData: { x: 1, y: 3 } })
  assert.deepEqual([record.row.application_id, record.row.callback], [4, '{"url":"https://a.example"}'])
  assert.equal(steps.length, 2)
})

test('a call that has ended comes into no conference', () => {
  const { record, steps } = recorded({ ended_ms: 5 })
  record.joined(11)
  assert.deepEqual([record.row.conference_id, steps], [null, []])
})
