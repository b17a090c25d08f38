// The words for calls, what a RingOut does, and the filters that watch calls; the routes are walked by test/scenarios/ringcentral-calls.test.ts.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { freshCall, type CallRow } from '#store/calls.ts'
import { callView } from '#operations/calls/call-view.ts'
import { watchesCall } from './call-news.ts'
import { resultOf, ringOutOf } from './call-record.ts'
import { ringOutVerbs } from './call-script.ts'
import { filterText, keptFilter } from './subscription-filters.ts'

const row = (more: Partial<CallRow> = {}): CallRow => ({
  ...freshCall,
  id: 1,
  session_id: 1,
  account_id: 1,
  user_id: 9,
  direction: 'in',
  origin: 'inbound',
  face: 'ringcentral',
  caller: '+15550001',
  called: '+15550002',
  state: 'completed',
  node: 'a',
  created_ms: 1,
  updated_ms: 1,
  ...more,
})

test('a result is told by direction and state', () => {
  const results = (direction: 'in' | 'out') =>
    (['ringing', 'answered', 'completed', 'busy', 'no_answer', 'canceled', 'failed'] as const).map((state) =>
      resultOf({ direction, state, clientId: null, numberId: null }),
    )
  assert.deepEqual(results('in'), ['In Progress', 'In Progress', 'Accepted', 'Missed', 'Missed', 'Missed', 'Rejected'])
  // A phone's own dialling comes in here.
  assert.equal(resultOf({ direction: 'in', state: 'completed', clientId: 7, numberId: null }), 'Call connected')
  assert.deepEqual(results('out'), [
    'In Progress',
    'In Progress',
    'Call connected',
    'Busy',
    'No Answer',
    'Hang Up',
    'Call Failed',
  ])
})

test('a RingOut dials at once, or once 1 was pressed', () => {
  const verbs = (asks: boolean) => ringOutVerbs('+15550003', '+15550001', asks)
  assert.deepEqual(
    verbs(false).map(({ verb }) => verb),
    ['dial'],
  )
  const [gather, dial] = verbs(true)
  assert.ok(gather!.verb === 'gather' && gather!.required && gather!.valid === '1')
  assert.ok(dial!.verb === 'dial' && dial!.callerId === '+15550001')
  const placed = callView(row({ detail: JSON.stringify({ faceData: { ringOut: { to: '+15550003' } } }) }))
  assert.equal(ringOutOf(placed)?.to, '+15550003')
  assert.equal(ringOutOf(callView(row())), undefined)
})

test('a filter that is kept reads as it was, and watches whom it names', () => {
  const kept = keptFilter(filterText({ of: 'presence', detailedTelephonyState: 'true', user: '12' }))
  assert.deepEqual(kept, { of: 'presence', detailedTelephonyState: 'true', user: '12' })
  assert.ok(!watchesCall(kept, row(), 9))
  assert.ok(watchesCall(kept, row({ user_id: 12 }), 9))
  assert.ok(watchesCall({ of: 'presence' }, row(), 9))
  assert.ok(watchesCall({ of: 'telephony/sessions', direction: 'Inbound' }, row(), 9))
  assert.ok(!watchesCall({ of: 'telephony/sessions', direction: 'Outbound' }, row(), 9))
  assert.ok(!watchesCall({ of: 'message-store' }, row(), 9))
})
