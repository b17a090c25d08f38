import { test } from 'node:test'
import assert from 'node:assert/strict'
import { refusal } from '#reasons/refusal.ts'
import { FakePlace } from '../../../test/fakes/fake-media.ts'
import { page, ScriptStage, settled } from '../../../test/fakes/script-stage.ts'
import type { Gather, Play, RecordCall, Verb } from './verb.ts'

const say = (text: string) => ({ kind: 'say', text, language: 'en' }) as const
const wait: Verb = { verb: 'pause', ms: 60_000 }
const next = { next: [wait] }

test('a play goes on when it is over, ends on a digit, and tells the gather after it to count what was pressed', async () => {
  const stage = new ScriptStage()
  const play: Play = { verb: 'play', audio: [{ kind: 'url', url: 'http://x/a.wav' }, say('b')], times: 2, stopOn: '123' }
  const { stream } = await stage.opened([play, gather])
  const { play: asked } = stream.now('play')
  assert.deepEqual([asked.clips.length, asked.times, asked.to, asked.stopOn], [2, 2, 'stream', '123'])
  stream.played('digit')
  await settled()
  assert.equal(stream.now('collect').collect.typeAhead, true)
})

test('what was pressed while the next page was fetched counts, unless the prompt must be heard or the answer before was wrong', async () => {
  const stage = new ScriptStage()
  const menu: Gather = { ...gather, most: 1, choices: [{ digit: '1', page: page('next') }], then: undefined }
  const { stream } = await stage.opened([gather], {
    next: [menu, { ...gather, bargeIn: false, then: page('last') }],
    last: [gather],
  })
  const asked = () => stream.now('collect').collect.typeAhead
  assert.equal(asked(), true)
  stream.collected('123')
  await settled()
  assert.equal(asked(), true)
  stream.collected('9')
  await settled()
  assert.equal(asked(), false)
  stream.collected('123')
  await settled()
  assert.equal(asked(), true)
  // The one that is answered wrongly and asks again.
  const again = new ScriptStage()
  const opened = await again.opened([{ ...menu, again: { onNothing: [], onInvalid: [[say('Again')]] } }])
  opened.stream.collected('9')
  await settled()
  assert.equal(opened.stream.now('collect').collect.typeAhead, false)
})

const gather: Gather = {
  verb: 'gather',
  prompt: [say('Press one')],
  inputs: ['digits'],
  valid: '0123456789*#',
  most: 4,
  finishOn: '#',
  firstMs: 5000,
  betweenMs: 5000,
  bargeIn: true,
  thenWhenEmpty: false,
  then: page('next'),
}

test('digits lead to the page of a gather; nothing leads to the next verb, unless it is to be told', async () => {
  const stage = new ScriptStage()
  const { stream } = await stage.opened([gather, wait], next)
  stream.collected('123')
  await settled()
  assert.deepEqual(stage.result, { verb: 'gather', how: 'digits', digits: '123' })

  const silent = new ScriptStage()
  const opened = await silent.opened([gather, wait], next)
  opened.stream.collected('', 'first_timeout')
  await settled()
  assert.equal(silent.requests.length, 1)

  const told = new ScriptStage()
  const again = await told.opened([{ ...gather, thenWhenEmpty: true }], next)
  again.stream.collected('', 'first_timeout')
  await settled()
  assert.equal(told.result.how, 'nothing')
})

test('a menu says again what was missed or wrong, and each choice has its page', async () => {
  const stage = new ScriptStage()
  const menu: Gather = {
    ...gather,
    most: 1,
    choices: [{ digit: '1', page: page('sales') }],
    again: { onNothing: [[say('Please press')]], onInvalid: [[say('No such choice')]] },
    helpDigit: '0',
    tag: 'menu',
  }
  const { stream } = await stage.opened([menu], { sales: [wait] })
  stream.collected('', 'first_timeout')
  await settled()
  assert.equal(stream.now('collect').collect.prompt?.length, 2, 'with what comes before the prompt')
  stream.collected('7')
  await settled()
  stream.collected('0')
  await settled()
  assert.equal(stream.now('collect').collect.prompt?.length, 1, 'help')
  stream.collected('1')
  await settled()
  assert.equal(new URL(stage.requests.at(-1)!.url).pathname, '/sales')
  const asked = stage.occasions.at(-1)
  assert.deepEqual(asked?.type === 'result' && [asked.tag, stage.result.digits], ['menu', '1'])
})

test('a prompt that cannot be made is told, and digits are taken all the same', async () => {
  const stage = new ScriptStage()
  stage.clipsFail = refusal('tts.failed', {})
  const { stream } = await stage.opened([gather], next)
  assert.deepEqual(stage.reasons, ['tts.failed'])
  stream.collected('5')
  await settled()
  assert.equal(stage.result.digits, '5')
})

test('speech that nobody recognises fails the gather, unless digits do too', async () => {
  const stage = new ScriptStage()
  const { stream } = await stage.opened(
    [
      { ...gather, inputs: ['speech'] },
      { ...gather, inputs: ['digits', 'speech'] },
    ],
    next,
  )
  assert.deepEqual(stage.reasons, ['speech.no_provider', 'speech.no_provider'])
  assert.equal(stream.now('collect').collect.speech, undefined)
})

test('what is heard is told while it is heard, and its final form is the result', async () => {
  const stage = new ScriptStage()
  stage.pages = { start: [{ ...gather, inputs: ['speech'], partials: page('partial') }], ...next, partial: [] }
  const { call, leg } = stage.incoming()
  const parts = { ...stage.parts, listen: () => ({ provider: 'p' }) as never }
  const { ScriptRun } = await import('../run-script.ts')
  void new ScriptRun(parts, call, { face: 'test', page: page('start') }).run()
  await settled()
  const stream = leg.stream!
  const { ask } = stream.now('collect')
  stream.tell({ type: 'heard', ask, text: 'good', confidence: 0.5, final: false })
  stream.tell({ type: 'heard', ask, text: 'good day', confidence: 0.9, final: true })
  stream.collected('', 'speech')
  await settled()
  assert.deepEqual(
    stage.occasions.slice(1).map(({ type }) => type),
    ['partial', 'result'],
  )
  assert.deepEqual(stage.result, { verb: 'gather', how: 'speech', digits: '', speech: 'good day', confidence: 0.9 })
})

const record: RecordCall = {
  verb: 'record',
  channels: 'heard',
  mostMs: 60_000,
  silenceMs: 5000,
  finishOn: '#',
  beep: true,
  trim: true,
  thenWhenEmpty: false,
  then: page('next'),
}

test('a recording has one row, one end, and its id in the result', async () => {
  const stage = new ScriptStage()
  const { stream } = await stage.opened([record], next)
  const { recording } = stream.now('record')
  assert.deepEqual([recording.beep, recording.trim, recording.finishOn], [true, true, '#'])
  stream.recorded(4000)
  await settled()
  const [{ row }] = stage.told('recordings.create')
  assert.ok(recording.path.endsWith(row.file) && row.secret.length === 32 && row.key_sealed.startsWith('v1.'))
  assert.ok(!JSON.stringify(row).includes(recording.key), 'the key is sealed')
  const ends = stage.told('recordings.end')
  assert.deepEqual(
    ends.map(({ id, state, durationMs }) => ({ id, state, durationMs })),
    [{ id: row.id, state: 'ready', durationMs: 4000 }],
  )
  assert.deepEqual(stage.result, {
    verb: 'record',
    recordingId: row.id,
    durationMs: 4000,
    hasSound: true,
    digits: '',
    hungUp: false,
  })
})

test('a key that seals nothing is refused before anybody speaks', async () => {
  const stage = new ScriptStage()
  const at = { line: 4, column: 2, element: 'Record' }
  await stage.opened([{ ...record, at, cipher: { type: 'aescbc', key: 'short', iv: '00' } }, wait])
  assert.deepEqual([stage.reasons, stage.told('recordings.create').length], [['markup.schema_invalid'], 0])
  assert.equal(stage.troubles[0]?.refusal.params['line'], 4)
})

test('an empty recording is absent and asks no page', async () => {
  const stage = new ScriptStage()
  const { stream } = await stage.opened([record, wait], next)
  stream.recorded(5000, 'silence', false)
  await settled()
  assert.equal(stage.told('recordings.end')[0].state, 'absent')
  assert.equal(stage.requests.length, 1)
})

test('a recording that cannot be written has failed, with its reason, in its row and to its author', async () => {
  const stage = new ScriptStage()
  const { stream } = await stage.opened([record, wait], next)
  stream.tell({ type: 'failed', ask: stream.now('record').ask, reason: 'recording.not_written', detail: 'ENOSPC' })
  await stage.recordings.ended()
  await settled()
  const [{ state, reason }] = stage.told('recordings.end')
  assert.deepEqual([state, reason, stage.reasons], ['failed', 'recording.not_written', ['recording.not_written']])
})

test('who hangs up while being recorded is told to the page, once', async () => {
  const stage = new ScriptStage()
  const { leg } = await stage.opened([record], next)
  leg.ends()
  await settled()
  assert.deepEqual([stage.result.hungUp, stage.result.durationMs], [true, 1000])
  assert.equal(stage.requests.length, 2)
  assert.equal(stage.told('recordings.end').length, 1)
})

test('a recording beside the call goes on until it is stopped', async () => {
  const stage = new ScriptStage()
  const { stream } = await stage.opened([
    { ...record, background: true },
    { verb: 'pause', ms: 1000 },
    { verb: 'stopRecording' },
    wait,
  ])
  assert.ok(stream.now('record'))
  stage.clock.advance(1000)
  await settled()
  assert.equal(stage.told('recordings.end')[0].state, 'ready')
})

test('a message is sent, or its refusal told, and the page learns which', async () => {
  const send: Verb = { verb: 'message', kind: 'sms', to: '+1', from: '+2', text: 'x', then: page('next') }
  const stage = new ScriptStage()
  await stage.opened([send], next)
  assert.deepEqual([stage.result.messageId, stage.sent.length], [77, 1])
  const other = new ScriptStage()
  other.messageFails = refusal('credit.exhausted', {})
  await other.opened([send], next)
  assert.deepEqual(
    [other.result.messageId, other.result.refusal.reason, other.reasons],
    [null, 'credit.exhausted', ['credit.exhausted']],
  )
})

test('hold and resume are re-INVITEs of the party; what was never held is not resumed', async () => {
  const stage = new ScriptStage()
  const music = [{ kind: 'tone', tone: 'music' }] as const
  const { leg, stream } = await stage.opened([
    { verb: 'resume' },
    { verb: 'hold', music },
    { verb: 'pause', ms: 10 },
    { verb: 'resume' },
    wait,
  ])
  assert.deepEqual(stage.reasons, ['call.state_invalid'])
  assert.equal(stream.now('play').play.times, 0)
  stage.clock.advance(10)
  await settled()
  assert.deepEqual([leg.done, stream.running.size], [['answer', 'hold', 'resume'], 0])
})

test('a call that is recorded beside what it does is recorded on where its media goes', async () => {
  const record: RecordCall = {
    verb: 'record',
    channels: 'dual',
    mostMs: 0,
    silenceMs: 0,
    finishOn: '',
    beep: true,
    trim: false,
    thenWhenEmpty: false,
  }
  for (const how of [{ wholeCall: true }, { background: true }]) {
    const stage = new ScriptStage()
    const { call, leg, run, stream } = await stage.opened([{ ...record, ...how }, wait])
    assert.equal(stream.now('record').recording.beep, true)
    await call.moveTo(new FakePlace(1))
    await settled()
    const { recording } = leg.stream!.now('record')
    assert.deepEqual([leg.stream !== stream, recording.channels, recording.beep], [true, 'dual', false])
    if (!how.background) continue
    run.stop('replaced')
    await settled()
    assert.equal(leg.stream!.running.size, 0)
    assert.equal(stage.told('recordings.end').length, 2)
  }
})

test('music on hold gives way to whatever is heard next, of this script or another', async () => {
  const music = [{ kind: 'tone', tone: 'music' }] as const
  const hold: Verb = { verb: 'hold', music }
  const dial: Verb = {
    verb: 'dial',
    targets: [{ to: { kind: 'number', number: '+15550101' } }],
    ringback: [say('ringing')],
    timeoutMs: 30_000,
    mostMs: 0,
  }
  const play: Verb = { verb: 'play', audio: [say('Still there?')], times: 1 }
  const join: Verb = {
    verb: 'conference',
    name: 'room',
    muted: false,
    startOnEnter: true,
    endOnExit: false,
    beep: false,
    most: 0,
    mostMs: 0,
  }
  for (const verb of [play, gather, dial, join]) {
    const stage = new ScriptStage()
    const { stream } = await stage.opened([hold, verb, wait])
    // What is played to a stream is heard one after the other, and this never ends.
    assert.equal(stream.running.has(stream.asked[0]!.ask), false, verb.verb)
  }
  const stage = new ScriptStage()
  const { call, stream } = await stage.opened([hold, wait], { other: [wait] })
  assert.equal(stream.running.size, 1)
  stage.run(call, 'other')
  await settled()
  assert.equal(stream.running.size, 0)
})

test('a REFER that the party takes ends its leg, and its record is kept', async () => {
  const stage = new ScriptStage()
  const { call, leg } = await stage.opened([{ verb: 'refer', target: 'sip:desk@pbx.example', then: page('next') }], next)
  assert.equal(call.end?.reason, 'call.transferred')
  assert.ok(leg.done.includes('refer sip:desk@pbx.example'))
  assert.deepEqual(stage.refers, [{ target: 'sip:desk@pbx.example', sipStatus: 202, notifiedStatus: 200 }])
  assert.deepEqual(stage.result, { verb: 'refer', accepted: true, sipStatus: 202, notifiedStatus: 200 })
})

test('a REFER that fails leaves the call with its script', async () => {
  const stage = new ScriptStage()
  stage.pages = { start: [{ verb: 'refer', target: 'sip:x@y', then: page('next') }], ...next }
  const { call, leg } = stage.incoming()
  leg.referOutcome = { accepted: true, sipStatus: 202, notifiedStatus: 486 }
  stage.run(call, 'start')
  await settled()
  assert.ok(!call.over)
  assert.equal(stage.result.notifiedStatus, 486)
})

test('a call is ended after its time, whatever runs then', async () => {
  const stage = new ScriptStage()
  const { call } = await stage.opened([{ verb: 'endAfter', ms: 30_000 }, wait])
  stage.clock.advance(30_000)
  await settled()
  assert.deepEqual([call.end?.reason, call.end?.by], ['call.max_duration_exceeded', 'platform'])
})
