import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { openHarness, type FaceHarness } from '../../../test/face-harness.ts'
import { Refusal, refusal } from '#reasons/refusal.ts'
import type { CallView, Occasion, ScriptForm, ScriptMemory } from '#voice/script-form.ts'
import { causeOf, resultOf } from './call-events.ts'
import { readCommands } from './call-commands.ts'
import { tokuScriptForm } from './call-script.ts'
import { TokuIds } from './ids.ts'
import { scriptMeans } from '../../../test/script-means.ts'
import { lintCommands } from './lint-commands.ts'
import { toku } from './toku.ts'

const page = { url: 'https://example.com/handle?tenant=7', method: 'GET' } as const
const means = { page, callerId: '+6531580001' }
const read = (...commands: unknown[]) => readCommands(commands, means)
const verb = (command: object) => {
  const { verbs, warnings } = read(command)
  assert.deepEqual(warnings, [])
  const { tag: _, at: __, ...rest } = verbs[0]!
  return rest
}

describe('commands of a call handle', () => {
  test('a prompt without keys is heard once', () => {
    assert.deepEqual(verb({ function: 'PlayTTS', message: 'Hello', language: 'de', voice: 'M', anything: {} }), {
      verb: 'play',
      audio: [{ kind: 'say', text: 'Hello', language: 'de', voice: 'male' }],
      times: 1,
    })
    assert.deepEqual(verb({ function: 'PlayFile', type: 'url', value: 'https://example.com/a.wav', handle_interrupt: 'false' }), {
      verb: 'play',
      audio: [{ kind: 'url', url: 'https://example.com/a.wav' }],
      times: 1,
    })
  })

  test('keys are collected, and told only where that is asked for', () => {
    const asked = { function: 'PlayTTS', message: 'Press', dtmf: '25', replay: 2, no_dtmf_message: 'Please' }
    const gather = verb(asked)
    assert.equal(gather.verb, 'gather')
    assert.deepEqual(gather.verb === 'gather' && [gather.most, gather.then, gather.thenWhenEmpty], [20, undefined, false])
    const again = { kind: 'say', text: 'Please', language: 'en', voice: 'female' }
    assert.deepEqual(gather.verb === 'gather' && gather.again, {
      onNothing: [[again], [again]],
      onInvalid: [],
      inPlaceOfPrompt: true,
    })
    for (const handle_interrupt of [true, 'true', 'TRUE', 1, '1']) {
      const told = verb({ ...asked, handle_interrupt })
      assert.deepEqual(told.verb === 'gather' && [told.then, told.thenWhenEmpty], [page, true])
    }
  })

  test('MakeCall: whom it rings, as whom, and what is recorded', () => {
    const dial = (more: object) => {
      const made = verb({ function: 'MakeCall', called_party: '12125550101', ...more })
      assert.equal(made.verb, 'dial')
      return made.verb === 'dial' ? made : assert.fail()
    }
    const usual = dial({})
    assert.deepEqual(
      [usual.targets, usual.callerId, usual.record, usual.then, usual.answerWithThem],
      [[{ to: { kind: 'number', number: '+12125550101' } }], '+6531580001', undefined, undefined, true],
    )
    assert.deepEqual(dial({ called_party: 'sip:anna.team' }).targets[0]!.to, { kind: 'client', login: 'anna.team' })
    const uri = 'sip:bob@example.com'
    assert.deepEqual(dial({ called_party: uri }).targets[0]!.to, { kind: 'sip', uri })
    assert.equal(dial({ calling_party: '6531580002' }).callerId, '+6531580002')
    const callback = { record_callback_url: 'https://example.com/r' }
    const recorded = dial({ record_call: 'true', record_split: true, ringtone: 'uk', ...callback })
    assert.deepEqual(
      [recorded.record, recorded.ringback, recorded.recordCallback],
      ['dual', [{ kind: 'tone', tone: 'ringback', country: 'GB' }], { url: 'https://example.com/r', method: 'GET' }],
    )
    // What comes after it is heard by an answered caller.
    const followed = read({ function: 'MakeCall', called_party: '12125550101' }, { function: 'Hangup' }).verbs[0]!
    assert.equal(followed.verb === 'dial' && followed.answerWithThem, false)
  })

  test('a recording goes on beside what follows it; the last command is waited for', () => {
    const [first, last] = read({ function: 'StartRecording' }, { function: 'StartRecording', duration: '5' }).verbs
    assert.deepEqual(first!.verb === 'record' && [first!.background, first!.mostMs, first!.channels], [true, 30_000, 'heard'])
    assert.deepEqual(last!.verb === 'record' && [last!.background, last!.mostMs], [false, 5_000])
  })

  test('one SDK sends the seconds as the language', () => {
    const heard = verb({ function: 'SpeechToText', language: 30 })
    assert.deepEqual(heard.verb === 'gather' && [heard.language, heard.inAllMs], ['en', 30_000])
  })

  test('what cannot be done is passed over, and the first of it is told', () => {
    const bad: [unknown, string][] = [
      [{ function: 'Dance' }, 'request.parameter_invalid'],
      ['Hangup', 'request.parameter_invalid'],
      [null, 'request.parameter_invalid'],
      [{}, 'request.parameter_invalid'],
      [{ function: 'constructor' }, 'request.parameter_invalid'],
      [{ function: 'PlayTTS' }, 'request.parameter_invalid'],
      [{ function: 'PlayTTS', message: {} }, 'request.parameter_invalid'],
      [{ function: 'PlayTTS', message: 'x', voice: 'tenor' }, 'request.parameter_invalid'],
      [{ function: 'PlayTTS', message: 'x', dtmf: -1 }, 'request.parameter_invalid'],
      [{ function: 'PlayTTS', message: 'x', dtmf: 1, handle_interrupt: 'maybe' }, 'request.parameter_invalid'],
      [{ function: 'PlayTranslate', message: 'x', language: 'fr' }, 'platform.not_implemented'],
      [{ function: 'PlayFile', type: 'url', value: 'ftp://x' }, 'request.url_invalid'],
      [{ function: 'PlayFile', type: 'system', value: 'gong' }, 'request.parameter_invalid'],
      [{ function: 'Sleep', duration: 0 }, 'request.parameter_invalid'],
      [{ function: 'MakeCall', called_party: 'x y' }, 'destination.invalid'],
      [{ function: 'MakeCall', called_party: '12125550101', ringtone: 'FR' }, 'request.parameter_invalid'],
      [
        { function: 'StartRecording', record_callback_url: 'https://a.example', record_callback_method: 'PUT' },
        'webhook.method_invalid',
      ],
    ]
    for (const [command, reason] of bad) {
      const { verbs, warnings, fault } = read(command, { function: 'Hangup' })
      assert.deepEqual([verbs.length, warnings.length, fault?.reason], [1, 1, reason], JSON.stringify(command))
      assert.match(warnings[0]!.text, /^commands\[0\] is passed over: /)
    }
    assert.equal(read(...Array.from({ length: 101 }, () => ({ function: 'Sleep' }))).fault?.reason, 'request.batch_too_large')
  })
})

test('an answer is checked without a call', async () => {
  assert.deepEqual(await lintCommands('{"commands":[{"function":"Hangup"}]}', scriptMeans), [])
  const notes = await lintCommands(
    '{"commands":[{"function":"PlayTTS","message":"a","language":"xx"},\n{"function":"Dance"},{"function":"MakeCall","called_party":"12"}]}',
    scriptMeans,
  )
  assert.deepEqual(
    notes.map(({ kind, line, column, reason, place }) => [kind, line, column, reason, place]),
    [
      ['fault', 1, 50, 'tts.language_invalid', 'commands[0].language'],
      ['fault', 2, 2, 'request.parameter_invalid', 'commands[1].function'],
      ['fault', 2, 22, 'destination.invalid', 'commands[2]'],
    ],
  )
  assert.match(notes[1]!.text, /^it is passed over: /)
  assert.deepEqual(
    (await lintCommands('{"commands":', scriptMeans)).map(({ kind, code, column }) => [kind, code, column]),
    [['fault', '-300', 13]],
  )
})

test('how a call ended, in the causes and codes of the vendor', () => {
  const ended = { reason: 'call.busy', sipStatus: null, answeredMs: null }
  assert.equal(causeOf({ ...ended, answeredMs: 1 }), 200)
  assert.deepEqual(
    [486, 500, 600, 699, 404].map((sipStatus) => causeOf({ ...ended, sipStatus })),
    [486, 503, 486, 480, 404],
  )
  assert.equal(causeOf(ended), 486)
  const codes = (['call.completed', 'call.busy', 'call.no_answer', 'markup.rejected', 'markup.ended'] as const).map(
    (reason) => resultOf(refusal(reason)).code,
  )
  assert.deepEqual(codes, [0, 0, 0, 0, 0])
  assert.equal(resultOf(refusal('webhook.timed_out', { phase: 'headers' })).code, -300)
  assert.equal(resultOf(refusal('markup.error', {})).code, -300)
  assert.equal(resultOf(refusal('routing.no_route', {})).code, -1212)
  assert.equal(resultOf(refusal('routing.no_route_available', {})).code, -1213)
  assert.equal(resultOf(refusal('number.not_bound', { number: '+6531580001', context: 'Voice' })).code, -1203)
})

describe('the call handle', () => {
  let house: FaceHarness
  let form: ScriptForm
  let call: CallView
  before(async () => {
    house = await openHarness(toku)
    form = tokuScriptForm({ read: house.parts.store, ids: new TokuIds(house.parts.key) })
    call = {
      id: 7,
      sessionId: 7,
      parentId: null,
      accountId: house.sandbox.account.id,
      direction: 'in',
      origin: 'inbound',
      from: '+12125550199',
      to: '+6531580001',
      fromName: '',
      forwardedFrom: '',
      state: 'answered',
      createdMs: 0,
      ringingMs: 0,
      answeredMs: 1000,
      endedMs: null,
      reason: null,
      sipStatus: null,
      q850: null,
      numberId: null,
      number: '+6531580001',
      carrierId: null,
      clientId: null,
      clientLogin: '',
      headers: {},
      answerHeaders: {},
      clientRef: 'trip-77',
      faceData: {},
    }
  })
  after(() => house.close())

  const answer = (value: unknown) => ({
    status: 200,
    headers: {},
    body: Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)),
    url: page.url,
  })

  async function asked(occasion: Occasion, memory: ScriptMemory = {}, at: { url: string; method: 'GET' | 'POST' } = page) {
    const request = await form.request(at, occasion, call, memory)
    return { request, fields: Object.fromEntries(new URL(request.url).searchParams) }
  }

  test('GET keeps the query of the page; events do not pile up in it', async () => {
    const memory: ScriptMemory = {}
    const { fields } = await asked({ type: 'start' }, memory)
    assert.deepEqual([fields['tenant'], fields['call_status'], fields['number']], ['7', 'CONNECT', '6531580001'])
    const script = await form.read(
      answer({ commands: [{ function: 'PlayTTS', message: 'x', dtmf: 1, handle_interrupt: true }] }),
      call,
      memory,
    )
    const [gather] = script.verbs
    assert.deepEqual(gather!.verb === 'gather' && gather!.then, page)
  })

  test('POST has a form, and leaves the URL as it is', async () => {
    const { request } = await asked({ type: 'start' }, {}, { ...page, method: 'POST' })
    assert.equal(request.url, page.url)
    assert.equal(request.headers['content-type'], 'application/x-www-form-urlencoded')
    assert.equal(new URLSearchParams(request.body).get('reference_id'), 'trip-77')
  })

  test('digits and speech are told under the names that the vendor has for them', async () => {
    const digits = { verb: 'gather', how: 'nothing', digits: '' } as const
    const pressed = await asked({ type: 'result', result: digits, tag: '0' })
    assert.deepEqual(
      [pressed.fields['call_status'], pressed.fields['dtmf'], pressed.fields['referenceid']],
      ['DTMF', '', 'trip-77'],
    )
    const spoken = { verb: 'gather', how: 'speech', digits: '', speech: 'hello', confidence: 1 } as const
    const heard = await asked({ type: 'result', result: spoken, tag: 'speech 0' })
    assert.deepEqual([heard.fields['call_status'], heard.fields['text']], ['SPEECH_TO_TEXT', 'hello'])
    const silent = await asked({ type: 'result', result: digits, tag: 'speech 1' })
    assert.deepEqual([silent.fields['call_status'], silent.fields['text']], ['SPEECH_TO_TEXT', ''])
  })

  test('the other leg that was not had is told with why', async () => {
    const result = {
      verb: 'dial',
      state: 'failed',
      callId: 8,
      wasPlaced: true,
      connectedMs: 0,
      ringMs: 0,
      recordingId: null,
    } as const
    const why = refusal('routing.no_route', { destination: '+12125550101' })
    const { fields } = await asked({ type: 'result', result: { ...result, refusal: why }, tag: '0' })
    assert.deepEqual(
      [fields['call_status'], fields['channel'], fields['result'], fields['call_connected'], fields['call_cause']],
      ['DISCONNECT', '1', '-1212', '0', '404'],
    )
    const leg = {
      ...call,
      id: 8,
      parentId: 7,
      direction: 'out',
      from: '+6531580001',
      to: '+12125550101',
      answeredMs: null,
      endedMs: 5000,
    } as const
    const other = await asked({ type: 'result', result: { ...result, refusal: why, leg }, tag: '0' })
    const { calling_party, called_party, number, reference_id, call_disconnected_time: over } = other.fields
    assert.deepEqual(
      [calling_party, called_party, number, reference_id, over],
      ['6531580001', '12125550101', '6531580001', 'trip-77', '1970-01-01 00:00:05'],
    )
  })

  test('what is no JSON, or has no commands, is a fault of the script and nothing else', async () => {
    for (const body of ['', 'hello', '[]', '{}', 'null', '{"commands":{}}', '{"commands":', '\u0000']) {
      assert.throws(
        () => form.read(answer(body), call, { handle: page }),
        (error) => error instanceof Refusal && error.reason.startsWith('markup.'),
        body,
      )
    }
  })
})
