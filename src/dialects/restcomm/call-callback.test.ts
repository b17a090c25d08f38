// Status callbacks of calls as they go out: which fields, in which order, for whom.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Key } from '#values/secrets.ts'
import type { CallSubject } from '#voice/call-subject.ts'
import { renderCallStatus } from './call-callback.ts'
import { Sids } from './ids.ts'

/** No aliases: accounts show the sid that is made of their id. */
const reader = { one: () => undefined, all: () => [] } as never
const sids = new Sids(new Key('5'.repeat(64)), reader)
const parts = { sids, baseUrl: () => 'https://calls.example/restcomm/2012-04-24' }

const at = Date.UTC(2020, 1, 9, 9, 30, 3)
const subject: CallSubject = {
  id: 7,
  sessionId: 7,
  parentId: null,
  accountId: 3,
  direction: 'out',
  origin: 'api',
  from: '+15550100123',
  to: '+15550100155',
  fromName: '',
  forwardedFrom: '',
  state: 'completed',
  createdMs: at - 30_000,
  ringingMs: at - 29_000,
  answeredMs: at - 25_400,
  endedMs: at,
  reason: 'markup.ended',
  sipStatus: null,
  q850: null,
  numberId: null,
  number: '',
  carrierId: null,
  clientId: null,
  clientLogin: '',
  headers: {},
  answerHeaders: {},
  clientRef: '',
  faceData: {},
  happening: 'ended',
  happenedMs: at,
  final: true,
  params: {},
  cause: null,
  errorId: null,
  endedBy: 'application',
  durationMs: 25_400,
  priceMicro: 0,
  currency: 'USD',
  applicationId: null,
  conferenceId: null,
  recordings: [],
  mediaVerdict: null,
}

const told = async (change: Partial<CallSubject> = {}, method: 'GET' | 'POST' = 'POST') =>
  renderCallStatus(parts, { ...subject, ...change }, method, 'https://app.example/status?tenant=1')

test('a call that was placed: in the published order, the end with its duration', async () => {
  const { headers, body } = await told()
  assert.equal(headers['offhook-reason'], 'markup.ended')
  assert.deepEqual(
    [...new URLSearchParams(body)],
    [
      ['InstanceId', sids.instance],
      ['AccountSid', sids.show('AC', 3)],
      ['CallSid', sids.ofCall(7)],
      ['From', '+15550100123'],
      ['To', '+15550100155'],
      ['Direction', 'outbound-api'],
      ['CallerName', ''],
      ['ForwardedFrom', ''],
      ['CallStatus', 'completed'],
      ['CallDuration', '25'],
      ['Timestamp', 'Sun, 09 Feb 2020 09:30:03 Etc/UTC'],
      ['CallbackSource', 'call-progress-events'],
      ['SequenceNumber', '3'],
    ],
  )
})

test('a recording goes with the end of a call that was placed, and of no other', async () => {
  const recording = {
    id: 9,
    accountId: 3,
    callId: 7,
    sessionId: 7,
    conferenceId: null,
    state: 'ready',
    reason: null,
    source: 'call',
    channels: 'mixed',
    durationMs: 12_000,
    sizeBytes: 192_044,
    secret: '',
    createdMs: at,
    endedMs: at,
  }
  const fields = new URLSearchParams((await told({ recordings: [recording] })).body)
  const sid = sids.show('RE', 9)
  const url = `https://calls.example/restcomm/2012-04-24/Accounts/${sids.show('AC', 3)}/Recordings/${sid}.wav`
  const names = ['RecordingUrl', 'RecordingSid', 'RecordingDuration']
  assert.deepEqual(
    names.map((name) => fields.get(name)),
    [url, sid, '12'],
  )
  const dialled = new URLSearchParams((await told({ recordings: [recording], origin: 'dial', parentId: 5 })).body)
  assert.deepEqual([dialled.get('ParentCallSid'), dialled.has('RecordingUrl')], [sids.ofCall(5), false])
  const lost = new URLSearchParams((await told({ recordings: [{ ...recording, state: 'failed' }] })).body)
  assert.equal(lost.has('RecordingUrl'), false)
})

test('GET has the fields behind the query of the URL', async () => {
  const { url, body } = await told({ happening: 'created', final: false }, 'GET')
  const { searchParams } = new URL(url)
  assert.equal(body, '')
  assert.deepEqual(
    [searchParams.get('tenant'), searchParams.get('CallStatus'), searchParams.has('CallDuration')],
    ['1', 'initiated', false],
  )
})

test("a number's own tells an inbound call with what scripts are told", async () => {
  const answered = { happening: 'answered', state: 'answered', final: false, reason: null, endedMs: null } as const
  const { body } = await told({ ...answered, direction: 'in', origin: 'inbound', headers: { 'X-Room': '12' } })
  const fields = new URLSearchParams(body)
  const names = ['CallStatus', 'Direction', 'CallerName', 'ForwardedFrom', 'ApiVersion', 'SipHeader_X-Room', 'SequenceNumber']
  assert.deepEqual(
    names.map((name) => fields.get(name)),
    ['in-progress', 'inbound', 'null', 'null', '2012-04-24', '12', null],
  )
})
