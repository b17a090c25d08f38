import assert from 'node:assert/strict'
import { test } from 'node:test'
import { freshCall, type CallRow } from '#store/calls.ts'
import { Key } from '#values/secrets.ts'
import { errorOf, sessionPayload } from './call-told.ts'
import { Ids } from './ids.ts'

const ids = new Ids(new Key('07'.repeat(32)))

const leg = (id: number, state: string, reason: string, more: Partial<CallRow> = {}): CallRow => ({
  ...freshCall,
  id,
  session_id: 1,
  account_id: 1,
  direction: 'out',
  origin: 'api',
  face: '8x8',
  caller: '+6591230001',
  called: '+6591230002',
  state,
  reason,
  node: 'n',
  created_ms: id * 1000,
  answered_ms: state === 'completed' ? id * 1000 + 500 : null,
  ended_ms: id * 1000 + 2500,
  updated_ms: 0,
  ...more,
})

const told = (...legs: CallRow[]): any => sessionPayload(ids, legs, 'sub')

test('a session follows its second leg, and its first where there is no other', () => {
  const first = leg(1, 'completed', 'call.completed')
  assert.equal(told(first).sessionStatus, 'COMPLETED')
  const { sessionStatus, callCount, details, errorDetails } = told(first, leg(2, 'busy', 'call.busy'))
  assert.deepEqual([sessionStatus, callCount, details.callB.callStatus, errorDetails], ['BUSY', 2, 'BUSY', undefined])
  assert.equal(details.callA.callDuration, 2)
  assert.equal(told(leg(1, 'no_answer', 'call.no_answer')).sessionStatus, 'NO_ANSWER')
  assert.equal(told(leg(1, 'canceled', 'call.canceled_by_request')).sessionStatus, 'CANCELED')
})

test('what failed on this side is an error, with its number', () => {
  const { sessionStatus, errorDetails } = told(leg(1, 'completed', 'markup.schema_invalid'))
  assert.deepEqual([sessionStatus, errorDetails], ['ERROR', { errorCode: -2003, errorMsg: 'markup.schema_invalid' }])
  const noRoute = told(leg(1, 'completed', 'call.completed'), leg(2, 'failed', 'routing.no_route'))
  assert.deepEqual([noRoute.sessionStatus, noRoute.errorDetails.errorCode], ['FAILED', -2004])
  assert.deepEqual(
    [
      'webhook.timed_out',
      'tts.language_invalid',
      'play.failed',
      'number.not_owned',
      'call.congestion',
      'call.platform_stopped',
    ].map(errorOf),
    [-2002, -2005, -2006, -2008, -2010, -2001],
  )
  assert.equal(errorOf('call.busy'), undefined)
})

test('quality stands there where something was heard', () => {
  const media = JSON.stringify({ mos: 4.1, jitterMs: 3, received: { packets: 90, lost: 10 } })
  const { details } = told(leg(1, 'completed', 'call.completed', { media }))
  assert.deepEqual(details.callA.callQuality, { mos: 4.1, packetLossRate: 0.1, jitter: 3 })
})
