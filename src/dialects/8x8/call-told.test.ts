import assert from 'node:assert/strict'
import { test } from 'node:test'
import { freshCall, type CallRow } from '#store/calls.ts'
import { Key } from '#values/secrets.ts'
import { callView } from '#voice/call-view.ts'
import { errorOf, legPayload, sessionPayload } from './call-told.ts'
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
  const errorMsg = 'Markup of the application breaks its schema (markup.schema_invalid)'
  assert.deepEqual([sessionStatus, errorDetails], ['ERROR', { errorMsg, errorCode: -2003 }])
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
  const media = JSON.stringify({ mos: 4.1049, jitterMs: 3.4, received: { packets: 90, lost: 10 } })
  const { details } = told(leg(1, 'completed', 'call.completed', { media }))
  assert.deepEqual(details.callA.callQuality, { mos: 4.1, packetLossRate: 0.1, jitter: 3 })
})

test('a leg in a summary says whose it was', () => {
  const first = leg(1, 'completed', 'call.completed', { direction: 'in', number: '+6591230002', number_id: 7 })
  const second = leg(2, 'busy', 'call.busy', {
    caller: '+6591230002',
    called: '+6591230003',
    number: '+6591230002',
    number_id: 7,
  })
  const { callA, callB } = told(first, second).details
  assert.deepEqual(callA, {
    callId: ids.guid('call', 1),
    callDirection: 'INBOUND',
    callType: 'PSTN',
    initiatedTimestamp: '1970-01-01T00:00:01.00Z',
    connectedTimestamp: '1970-01-01T00:00:01.50Z',
    disconnectedTimestamp: '1970-01-01T00:00:03.50Z',
    source: '+6591230001',
    destination: '+6591230002',
    sourceFormat: 'MSISDN',
    destinationFormat: 'MSISDN',
    sourceCountryCode: 'SG',
    destinationCountryCode: 'SG',
    destinationRefId: ids.guid('number', 7),
    callStatus: 'COMPLETED',
    callDuration: 2,
  })
  const { callDirection, sourceRefId, destinationRefId, connectedTimestamp } = callB
  assert.deepEqual(
    [callDirection, sourceRefId, destinationRefId, connectedTimestamp],
    ['OUTBOUND', ids.guid('number', 7), undefined, undefined],
  )
})

test('the last action is what the script of the first leg did last', () => {
  const lastAction = (direction: string, ...verbs: string[]) => {
    const detail = JSON.stringify({ verbs: verbs.map((verb) => ({ verb, fromMs: 1, data: {} })) })
    return told(leg(1, 'completed', 'call.completed', { direction, detail })).lastAction
  }
  assert.equal(lastAction('out'), 'MAKE_CALL')
  assert.equal(lastAction('out', 'say', 'redirect'), 'PLAY_TTS')
  assert.equal(lastAction('out', 'say', 'play', 'redirect'), 'PLAY_FILE')
  assert.equal(lastAction('in', 'gather', 'hangUp'), 'HANGUP')
  assert.equal(lastAction('in', 'gather'), 'SAY_AND_CAPTURE')
  assert.equal(lastAction('in', 'say', 'dial'), 'MAKE_CALL')
  assert.equal(lastAction('in'), undefined)
})

test('the status of SIP is 200 until something refused the call', () => {
  const sipCode = (row: CallRow): unknown => {
    const options = { subAccountId: 'sub', status: 'CALL_DISCONNECTED', atMs: 1, eventId: 'e' } as const
    return (legPayload(ids, callView(row), options) as { sipCode: unknown }).sipCode
  }
  assert.equal(sipCode(leg(1, 'ringing', '', { reason: null, ended_ms: null })), 200)
  assert.equal(sipCode(leg(1, 'completed', 'call.completed')), 200)
  assert.equal(sipCode(leg(1, 'busy', 'call.busy', { sip_status: 600 })), 600)
  assert.equal(sipCode(leg(1, 'failed', 'destination.not_allowed')), 403)
})
