import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { MessageRow } from '#store/messages.ts'
import { stepAfter } from './next-step.ts'
import { attemptsAtMost, pauseAfter, retryPausesMs } from './retry-table.ts'
import type { Cause, SegmentOutcome, SubmitOutcome } from './sms-carrier.ts'

const now = 1_000_000

const rowOf = (more: Partial<MessageRow> = {}, detail: object = {}): MessageRow =>
  ({
    id: 1,
    account_id: 7,
    sender: '+1',
    recipient: '+2',
    carrier_id: 10,
    attempts: 0,
    coding: 'gsm7',
    deadline_ms: now + 10_000_000,
    sent_ms: null,
    detail: JSON.stringify(detail),
    ...more,
  }) as MessageRow

const cause = (next: Cause['next'], more: Partial<Cause> = {}): Cause => ({
  reason: 'message.send_failed',
  raw: `raw ${next}`,
  next,
  ...more,
})
const outcomeOf = (...outcomes: Omit<SegmentOutcome, 'index'>[]): SubmitOutcome => ({
  segments: outcomes.length,
  receiptExpected: true,
  outcomes: outcomes.map((one, index) => ({ index, ...one })),
})
const step = (row: MessageRow, outcome: SubmitOutcome): any => {
  const { message: _, ...told } = stepAfter(row, outcome, now, 60_000) as any
  return told.detail === undefined ? told : { ...told, detail: JSON.parse(told.detail) }
}

test('the pauses of the table, and what a cause says instead', () => {
  assert.deepEqual(
    [1, 2, 3].map((attempt) => pauseAfter(attempt, undefined, undefined)),
    retryPausesMs.slice(0, 3),
  )
  assert.equal(pauseAfter(9, undefined, undefined), retryPausesMs.at(-1))
  assert.equal(pauseAfter(attemptsAtMost, undefined, undefined), undefined)
  assert.equal(pauseAfter(1, 70, 3), 70)
  assert.equal(pauseAfter(3, 70, 3), undefined)
})

test('taken: it waits for its receipt, or is at its end', () => {
  const sent = step(rowOf(), outcomeOf({ ref: '00AB' }))
  assert.deepEqual([sent.to, sent.attempts, sent.wakeMs], ['sent', 1, now + 60_000])
  assert.deepEqual(sent.refs, [{ ref: 'ab', raw: '00AB', segment: 0 }])
  assert.equal(step(rowOf(), { ...outcomeOf({ ref: '1' }), receiptExpected: false }).wakeMs, null)
  assert.deepEqual(
    step(rowOf(), outcomeOf({ ref: '1' }, { ref: '2' })).refs.map(({ segment }: any) => segment),
    [1, 2],
  )
})

test('again, after the pause, until there were enough or the deadline is nearer', () => {
  const again = step(rowOf(), outcomeOf({ cause: cause('again', { afterMs: 500, attemptsAtMost: 3 }) }))
  assert.deepEqual([again.to, again.carrier, again.dueMs, again.attempts], ['again', 10, now + 500, 1])
  assert.equal(step(rowOf({ attempts: 2 }), outcomeOf({ cause: cause('again', { attemptsAtMost: 3 }) })).to, 'failed')
  assert.equal(step(rowOf({ deadline_ms: now + 500 }), outcomeOf({ cause: cause('again', { afterMs: 500 }) })).to, 'failed')
  assert.equal(step(rowOf({}, { attemptsAtMost: 1 }), outcomeOf({ cause: cause('again') })).to, 'failed')
})

test('over the next route at once; when all were tried, the round begins anew or it is over', () => {
  const routes = { routes: [10, 20], elsewhere: [20] }
  const next = step(rowOf({}, routes), outcomeOf({ cause: cause('elsewhere') }))
  assert.deepEqual([next.to, next.carrier, next.tried, next.dueMs, next.detail.elsewhere], ['again', 20, 10, null, []])
  const last = rowOf({ carrier_id: 20, attempts: 1 }, { routes: [10, 20], elsewhere: [] })
  assert.equal(step(last, outcomeOf({ cause: cause('elsewhere') })).to, 'failed')
  const round = step(last, outcomeOf({ cause: cause('again', { afterMs: 500 }) }))
  assert.deepEqual([round.carrier, round.dueMs, round.detail.elsewhere], [10, now + 500, [20]])
  assert.equal(step(rowOf({}, routes), outcomeOf({ cause: cause('never') })).to, 'failed')
})

test('of several segments those that are there are not sent again, nor over another network', () => {
  const routes = { routes: [10, 20], elsewhere: [20] }
  const again = step(rowOf({}, routes), outcomeOf({ ref: '1' }, { cause: cause('again', { afterMs: 500 }) }))
  assert.deepEqual([again.to, again.carrier, again.detail.done], ['again', 10, [0]])
  assert.deepEqual(
    again.refs.map(({ segment }: any) => segment),
    [1],
  )
  assert.equal(step(rowOf({}, routes), outcomeOf({ ref: '1' }, { cause: cause('elsewhere') })).to, 'failed')
})

test('one segment that must not go again keeps all from it, whichever was told first', () => {
  const unanswered = cause('never', { mayHaveTaken: true })
  for (const causes of [
    [cause('again'), unanswered],
    [unanswered, cause('again')],
  ]) {
    const failed = step(rowOf(), outcomeOf(...causes.map((one) => ({ cause: one }))))
    assert.deepEqual([failed.to, failed.why.cause], ['failed', 'raw never'])
  }
})

test('what the network may have and is sent again says so', () => {
  const again = step(rowOf(), outcomeOf({ cause: cause('again', { mayHaveTaken: true }) }))
  assert.equal(again.detail.perhapsTwice, true)
  assert.equal(step(rowOf(), outcomeOf({ cause: cause('again') })).detail.perhapsTwice, undefined)
})
