// What pages are asked with, and what is remembered from page to page: instance info on every occasion, final pages, services' settings.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Refusal, refusal } from '#reasons/refusal.ts'
import { idTimeMs } from '#values/ids.ts'
import { Key } from '#values/secrets.ts'
import type { CallView, Occasion, ScriptMemory } from '#voice/script-form.ts'
import { appStateOf, returnCodeOf, startStateOf, type CallSeen } from './application-state.ts'
import { causeOf } from './call-info.ts'
import { aculabScriptForm } from './call-script.ts'
import { finalPageRequest } from './call-told.ts'
import { InstanceIds } from './instance-ids.ts'
import { readRecordingName, recordingName } from './recording-names.ts'
import { serviceScript } from './service-script.ts'

const ids = new InstanceIds(new Key('07'.repeat(32)))
const nowMs = Date.UTC(2026, 2, 5, 14, 7, 9)
const form = aculabScriptForm({ ids, nowMs: () => nowMs })
const callId = 841_000_000_000_001
const page = { url: 'https://app.example/first', method: 'POST' } as const

const call = {
  id: callId,
  sessionId: callId,
  parentId: null,
  accountId: 1,
  direction: 'in',
  origin: 'inbound',
  from: '+441908000001',
  to: '+441908273800',
  fromName: '',
  forwardedFrom: '',
  state: 'answered',
  createdMs: nowMs - 20_000,
  ringingMs: nowMs - 20_000,
  answeredMs: nowMs - 16_740,
  endedMs: null,
  reason: null,
  sipStatus: null,
  q850: null,
  numberId: null,
  number: '+441908273800',
  carrierId: null,
  clientId: null,
  clientLogin: '',
  headers: {},
  answerHeaders: {},
  clientRef: '',
  faceData: {},
} satisfies CallView

const configuration = {
  rest: {
    first_page: { address: 'https://app.example/first' },
    error_page: { address: 'https://app.example/error', method: 'GET' },
    final_page: { address: 'https://app.example/final' },
    api_version: '2.0',
  },
  uas: { application_name: null },
  application_parameters: 'a=1',
  early_media: true,
  call_recording: { enabled: true, mode: 'separate' },
}

const memory = (): ScriptMemory => ({ ...serviceScript(configuration, 'Sales')!.memory })

async function info(occasion: Occasion, own = memory()): Promise<any> {
  const { body } = await form.request(page, occasion, call, own)
  return JSON.parse(body)
}

const answer = (value: unknown, type = 'application/json') => ({
  status: 200,
  headers: { 'content-type': type },
  body: Buffer.from(JSON.stringify(value)),
  url: page.url,
})

test('a service brings its pages, its version and its settings', () => {
  assert.deepEqual(serviceScript(configuration, 'Sales'), {
    page,
    fallback: { url: 'https://app.example/error', method: 'GET' },
    finalPage: { url: 'https://app.example/final', method: 'POST' },
    memory: {
      service: 'Sales',
      apiVersion: '2.0',
      applicationParameters: 'a=1',
      ttsVoice: null,
      earlyMedia: true,
      recording: 'separate',
    },
  })
  assert.equal(serviceScript(undefined, 'x'), undefined)
  assert.equal(serviceScript({ color: 'red' }, 'x'), undefined)
})

test('settings that let nothing run say why', () => {
  const reason = (value: unknown): string => {
    try {
      serviceScript(value, 'Sales')
      return 'none'
    } catch (error) {
      return error instanceof Refusal ? error.reason : String(error)
    }
  }
  assert.equal(reason({ rest: {} }), 'application.settings_invalid')
  assert.equal(reason({ rest: { first_page: { address: '/relative' } } }), 'application.settings_invalid')
  assert.equal(reason({ uas: { application_name: 'x' } }), 'worker.none_available')
})

test('the first page is told of the call; a number has no plus', async () => {
  const { this_call: told, ...rest } = await info({ type: 'start' })
  assert.deepEqual(rest, {
    application_instance_id: ids.instanceOf(callId),
    token: null,
    log_filename: '',
    is_notification: false,
  })
  assert.deepEqual(
    [told.call_direction, told.call_from, told.call_to, told.call_state, told.seconds_call_duration],
    ['in', '441908000001', '441908273800', 'answered', 16.7],
  )
  assert.deepEqual([told.application_parameters, told.call_divert, 'call_cause' in told], ['a=1', '', false])
})

test('by GET the same stands in the query', async () => {
  const { url, body, method } = await form.request({ ...page, method: 'GET' }, { type: 'start' }, call, memory())
  assert.deepEqual([method, body], ['GET', ''])
  assert.equal(JSON.parse(new URL(url).searchParams.get('instance_info')!).token, null)
})

test('results have the names of their actions', async () => {
  const results: [Occasion, object][] = [
    [
      { type: 'result', tag: 'get_number', result: { verb: 'gather', how: 'digits', digits: '42' } },
      { action: 'get_number', result: { entered_number: '42' } },
    ],
    [
      { type: 'result', tag: 'run_menu', result: { verb: 'gather', how: 'digits', digits: '1' } },
      { action: 'run_menu', result: { digit: '1' } },
    ],
    [
      {
        type: 'result',
        tag: 'get_input',
        result: { verb: 'gather', how: 'speech', digits: '', speech: 'yes', confidence: 0.5 },
      },
      { action: 'get_input', result: { speech_alternatives: [{ text: 'yes', confidence: 0.5 }] } },
    ],
    [
      {
        type: 'result',
        tag: 'connect',
        result: { verb: 'dial', state: 'completed', callId: 2, wasPlaced: true, connectedMs: 1250, ringMs: 0, recordingId: null },
      },
      { action: 'connect', result: { seconds_connected_duration: 1.3 } },
    ],
    [
      {
        type: 'result',
        tag: 'record greeting',
        result: { verb: 'record', recordingId: callId, durationMs: 16_700, hasSound: true, digits: '', hungUp: false },
      },
      {
        action: 'record',
        result: { filename: recordingName(ids, callId, callId), contains_sound: true, seconds_duration: 16.7, id: 'greeting' },
      },
    ],
  ]
  for (const [occasion, expected] of results) assert.deepEqual((await info(occasion)).action_result, expected)
  assert.deepEqual((await info({ type: 'interrupted', verb: 'play', tag: 'play' })).action_result, {
    action: 'play',
    interrupted: true,
  })
  const { error_result: error } = await info({ type: 'error', refusal: refusal('webhook.status_unexpected', { status: 500 }) })
  assert.match(error.result, /500/)
})

test('a token goes from page to page and to the final one; a recording of all is begun once', async () => {
  const own = memory()
  const first = await form.read(answer({ actions: [{ hang_up: {} }], api_version: '2.0', token: 'abc' }), call, own)
  assert.deepEqual(
    first.verbs.map(({ verb }) => verb),
    ['record', 'hangUp'],
  )
  assert.equal((await info({ type: 'redirect' }, own)).token, 'abc')
  const next = await form.read(answer({ actions: [], api_version: '2.0' }), call, own)
  assert.deepEqual([next.verbs, own['token']], [[], null])
  const ended = { ...call, faceData: { ...form.kept!({ ...own, token: 'last' }) }, state: 'completed', endedMs: nowMs }
  const subject = { ...ended, happenedMs: nowMs, endedBy: 'caller', sipStatus: 200, recordings: [] }
  const target = { ...page, accountId: 1, endpointId: null, face: 'aculab', kind: 'call.status', noun: 'calls', nounId: 1 }
  const read = { one: () => undefined, all: () => [] }
  const { body } = await finalPageRequest({ read, ids }, { ...target, subject, loopback: false })
  const told = JSON.parse(body)
  assert.deepEqual([told.token, told.this_call.call_cause, told.this_call.call_raw_cause], ['last', 'hung_up', '200'])
  assert.equal(told.this_call.call_state, 'idle')
  assert.deepEqual([told.this_call.call_recording_filename, 'dropped_calls' in told], ['', false])
})

test('what is no list of actions is a fault with its reason', async () => {
  const reason = async (given: ReturnType<typeof answer>): Promise<string> => {
    try {
      await form.read(given, call, memory())
      return 'none'
    } catch (error) {
      return error instanceof Refusal ? error.reason : String(error)
    }
  }
  assert.equal(await reason(answer({ actions: [] }, 'text/html')), 'webhook.answer_unreadable')
  assert.equal(await reason(answer({ actions: [{ play: {} }], api_version: '2.0' })), 'markup.schema_invalid')
  assert.equal(await reason(answer({ actions: [{ send_fax: {} }], api_version: '2.0' })), 'platform.not_implemented')
})

test('causes', () => {
  const base = { state: 'completed', reason: 'call.completed', answeredMs: 1 } as const
  assert.equal(causeOf(base, { endedBy: 'callee' }), 'hung_up')
  assert.equal(causeOf(base, { endedBy: 'application' }), 'completed')
  assert.equal(causeOf({ ...base, state: 'failed', reason: 'call.media_lost' }, { endedBy: 'platform' }), 'dropped')
  const unanswered = { ...base, answeredMs: null }
  assert.equal(causeOf({ ...unanswered, state: 'busy', reason: 'call.busy' }, { endedBy: 'callee' }), 'busy')
  assert.equal(causeOf({ ...unanswered, state: 'no_answer', reason: 'call.no_answer' }, { endedBy: 'platform' }), 'no_answer')
  assert.equal(causeOf({ ...unanswered, state: 'failed', reason: 'routing.no_route' }, { endedBy: 'platform' }), 'unobtainable')
})

test('states and return codes of applications', () => {
  const reason = (slug: string, params: object = {}) => ({ slug, params, detail: slug })
  const seen = (more: object): CallSeen =>
    ({ final: true, direction: 'out', answeredAt: 1, reason: reason('call.completed'), ...more }) as CallSeen
  assert.deepEqual(startStateOf(seen({ final: false, answeredAt: null })), { status: 'queued' })
  assert.deepEqual(startStateOf(seen({ final: false })), { status: 'running' })
  assert.deepEqual(startStateOf(seen({})), { status: 'completed', detail: 0 })
  assert.deepEqual(startStateOf(seen({ answeredAt: null, reason: reason('call.busy') })), {
    status: 'could_not_run',
    detail: 'call.busy',
  })
  assert.deepEqual(startStateOf(seen({ answeredAt: null, reason: reason('call.canceled_by_request') })), {
    status: 'cancelled',
  })
  assert.deepEqual(appStateOf(seen({ reason: reason('application.run_failed', { status: -105 }) })), {
    status: 'completed',
    return_code: -105,
  })
  assert.equal(returnCodeOf(seen({ reason: reason('markup.schema_invalid') })), -3)
  assert.equal(returnCodeOf(seen({ reason: reason('webhook.timed_out') })), -2)
})

test('ids and names are read back, and nobody else s are', () => {
  assert.match(ids.instanceOf(callId), /^[0-9a-f]{16}\.\d+$/)
  assert.match(ids.startOf(callId), /^[0-9a-f]+\.\d+\.\d+$/)
  assert.equal(ids.readInstance(ids.instanceOf(callId).toUpperCase()), callId)
  assert.equal(ids.readStart(ids.startOf(callId)), callId)
  for (const text of ['', 'x', '06e122c3364cc74c.787379', 'ffffffffffffffffffff.1', ids.startOf(callId)])
    assert.equal(ids.readInstance(text), undefined, text)
  assert.equal(ids.readStart('1.2.3'), undefined)
  const name = recordingName(ids, callId, callId)
  assert.match(name, /^\/rest_api\/recordings\/\d{4}\/\d\d\/\d\d\/\d\d_\d\d_\d\d_[0-9a-f]{16}\.\d+\.wav$/)
  const beganMs = idTimeMs(callId) - (idTimeMs(callId) % 1000)
  assert.deepEqual(readRecordingName(ids, name), { callId, beganMs })
  assert.equal(readRecordingName(ids, '/rest_api/recordings/x.wav'), undefined)
})
