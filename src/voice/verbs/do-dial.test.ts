import { test } from 'node:test'
import assert from 'node:assert/strict'
import { refusal } from '#reasons/refusal.ts'
import { FakePlace } from '../../../test/fakes/fake-media.ts'
import { page, ScriptStage, settled, type Pages } from '../../../test/fakes/script-stage.ts'
import { Bridge } from '../bridge.ts'
import type { ReferAsk } from '../leg.ts'
import type { Dial, DialTarget, Verb } from './verb.ts'

const wait: Verb = { verb: 'pause', ms: 600_000 }
const next = { next: [wait] }
const to = (number: string, more: Partial<DialTarget> = {}): DialTarget => ({ to: { kind: 'number', number }, ...more })
const dial: Dial = { verb: 'dial', targets: [to('+1')], timeoutMs: 30_000, mostMs: 3_600_000, then: page('next') }

async function dialed(verb: Partial<Dial> = {}, more: Pages = {}, stage = new ScriptStage()) {
  const opened = await stage.opened([{ ...dial, ...verb }, { verb: 'hangUp' }], { ...next, ...more })
  return { stage, ...opened, legs: stage.called.map(({ leg }) => leg), calls: stage.called.map(({ call }) => call) }
}

const results = (stage: ScriptStage): number => stage.occasions.filter(({ type }) => type === 'result').length

test('the caller hears ringing, then the one who answered, until that one leaves; then the script goes on', async () => {
  const { stage, stream, call, calls, legs } = await dialed()
  legs[0]!.rings()
  assert.equal(stream.now('play').play.clips[0]?.kind, 'tones')
  stage.clock.advance(3000)
  legs[0]!.answers()
  await settled()
  assert.equal(stream.running.size, 0, 'the tone has stopped')
  assert.ok(stream.mix && stream.mix.mix === legs[0]!.stream!.mix?.mix)
  stage.clock.advance(5000)
  legs[0]!.ends()
  await settled()
  const { state, callId, connectedMs, ringMs, sipCallId } = stage.result
  assert.deepEqual(
    { state, callId, connectedMs, ringMs },
    { state: 'completed', callId: calls[0]!.id, connectedMs: 5000, ringMs: 3000 },
  )
  assert.equal(sipCallId, `call-${calls[0]!.id}`)
  assert.deepEqual([stream.mix, call.over], [undefined, false])
})

test('a dialled call is of the caller: its session, its media worker, its account', async () => {
  const { stage, call, calls } = await dialed({
    callerId: '+4',
    anonymous: true,
    targets: [to('+1', { headers: { 'X-A': '1' } })],
  })
  const { wish } = stage.called[0]!
  assert.equal(wish?.anonymous, true)
  assert.deepEqual([wish?.from, wish?.parent?.id, wish?.timeoutMs, wish?.headers], ['+4', call.id, 30_000, { 'X-A': '1' }])
  assert.deepEqual([calls[0]!.sessionId, calls[0]!.place], [call.sessionId, call.place])
})

test('several ring at once; the first to answer is taken, the others learn that it was answered elsewhere', async () => {
  const { stage, stream, legs, calls } = await dialed({ targets: [to('+1'), to('+2'), to('+3')] })
  for (const leg of legs) leg.rings()
  legs[1]!.answers()
  await settled()
  assert.deepEqual([legs[0]!.done, legs[2]!.done], [['hangUp call.answered_elsewhere'], ['hangUp call.answered_elsewhere']])
  assert.equal(calls[0]!.end?.state, 'canceled')
  assert.equal(stream.mix?.mix, legs[1]!.stream!.mix?.mix)
  assert.equal(results(stage), 0)
})

test('when nobody can be had the best of their answers is the result, once', async () => {
  const { stage, legs, calls } = await dialed({ targets: [to('+1'), to('+2')] })
  legs[0]!.ends('call.busy', 486)
  await settled()
  assert.equal(results(stage), 0, 'the other one still rings')
  legs[1]!.ends('call.no_answer', 408)
  await settled()
  const { state, callId, sipStatus, connectedMs } = stage.result
  assert.deepEqual(
    { state, callId, sipStatus, connectedMs },
    { state: 'busy', callId: calls[0]!.id, sipStatus: 486, connectedMs: 0 },
  )
  assert.equal(stage.result.refusal.reason, 'call.busy')
})

test('a party that cannot even be rung is told to the author, and the others ring', async () => {
  const stage = new ScriptStage()
  stage.unplaceable.set('+1', refusal('call.emergency_not_routed', { number: '+1' }))
  const { legs } = await dialed({ targets: [to('+1'), to('+2')] }, {}, stage)
  assert.deepEqual(stage.reasons, ['call.emergency_not_routed'])
  legs[0]!.answers()
  await settled()
  assert.equal(results(stage), 0)
  const none = new ScriptStage()
  none.unplaceable.set('+1', refusal('call.unreachable'))
  await dialed({}, {}, none)
  const { state, callId, wasPlaced, connectedMs, refusal: why } = none.result
  assert.deepEqual([state, typeof callId, wasPlaced, connectedMs], ['no_answer', 'number', false, 0])
  // Whoever wrote the page is told, and so is the page, by the id that the record has.
  assert.deepEqual(none.reasons, ['call.unreachable'])
  const { headers } = none.requests.at(-1)!
  assert.deepEqual([headers?.['offhook-reason'], headers?.['offhook-error-id']], ['call.unreachable', why.errorId])
})

test('whoever was rung says more of the called party than one that was refused before', async () => {
  const stage = new ScriptStage()
  stage.unplaceable.set('+1', refusal('destination.not_allowed', { destination: '+1', country: 'GB' }))
  const { legs } = await dialed({ targets: [to('+1'), to('+2')] }, {}, stage)
  legs[0]!.ends('call.network_failure')
  await settled()
  assert.deepEqual([stage.result.state, stage.result.wasPlaced], ['failed', true])
  assert.equal(stage.requests.at(-1)!.headers?.['offhook-reason'], 'call.network_failure')
})

test('a caller who gives up lets every phone stop ringing, and the page learns of it', async () => {
  const { stage, leg, legs, calls } = await dialed({ targets: [to('+1'), to('+2')] })
  legs[0]!.rings()
  stage.clock.advance(4000)
  leg.ends()
  await settled()
  assert.deepEqual(
    legs.map(({ done }) => done),
    [['hangUp call.canceled_by_request'], ['hangUp call.canceled_by_request']],
  )
  assert.deepEqual([stage.result.state, stage.result.ringMs, results(stage)], ['canceled', 4000, 1])
  assert.deepEqual([stage.result.callId, stage.result.wasPlaced], [calls[0]!.id, true])
})

test('a caller who hangs up ends the other one too', async () => {
  const { stage, leg, legs, calls } = await dialed()
  legs[0]!.answers()
  await settled()
  stage.clock.advance(3000)
  leg.ends()
  await settled()
  assert.deepEqual(legs[0]!.done, ['hangUp call.completed'])
  assert.equal(calls[0]!.end?.state, 'completed')
  assert.deepEqual([stage.result.state, stage.result.connectedMs, results(stage)], ['completed', 3000, 1])
})

test('a phone that keeps ringing for longer than it was to is let go', async () => {
  const { stage, legs } = await dialed()
  legs[0]!.rings()
  stage.clock.advance(35_000)
  await settled()
  assert.deepEqual(legs[0]!.done, ['hangUp call.no_answer'])
  assert.equal(results(stage), 1)
})

test('the longest time of talking ends the called party, and the script goes on', async () => {
  const { stage, call, calls, legs } = await dialed({ mostMs: 10_000 })
  legs[0]!.answers()
  await settled()
  stage.clock.advance(10_000)
  await settled()
  assert.equal(calls[0]!.end?.reason, 'call.max_duration_exceeded')
  assert.deepEqual([stage.result.state, stage.result.connectedMs, call.over], ['completed', 10_000, false])
})

test('who is screened is connected only when its script leaves it up; the caller goes on hearing ringing', async () => {
  const screen: DialTarget = to('+1', { screen: page('screen') })
  const { stage, stream, legs } = await dialed({ targets: [screen] }, { screen: [{ verb: 'pause', ms: 1000 }] })
  legs[0]!.rings()
  legs[0]!.answers()
  await settled()
  const asked = stage.occasions.at(-1)!
  assert.ok(asked.type === 'start' && asked.screening && asked.sipCallId?.startsWith('call-'), JSON.stringify(asked))
  assert.ok(stream.now('play') && !stream.mix)
  stage.clock.advance(1000)
  await settled()
  assert.ok(stream.mix)

  const declined = await dialed({ targets: [screen] }, { screen: [{ verb: 'hangUp' }] })
  declined.legs[0]!.answers()
  await settled()
  assert.equal(declined.stream.mix, undefined)
  assert.equal(results(declined.stage), 1)
})

test('what its form bars where somebody is screened is told, and passed over', async () => {
  const stage = new ScriptStage({ barredInScreening: ['dial'] })
  const screening = { screen: [{ ...dial, at: { line: 1, column: 11, element: 'Dial' } }] }
  const { legs, stream } = await dialed({ targets: [to('+1', { screen: page('screen') })] }, screening, stage)
  legs[0]!.answers()
  await settled()
  assert.deepEqual([stage.reasons, stage.called.length], [['markup.schema_invalid'], 1])
  assert.ok(stream.mix, 'the two are connected')
})

test('while one is screened another may answer and be taken', async () => {
  const targets = [to('+1', { screen: page('screen') }), to('+2')]
  const { stream, legs } = await dialed({ targets }, { screen: [wait] })
  legs[0]!.answers()
  await settled()
  legs[1]!.answers()
  await settled()
  assert.deepEqual(legs[0]!.done, ['hangUp call.answered_elsewhere'])
  assert.equal(stream.mix?.mix, legs[1]!.stream!.mix?.mix)
})

test('both sides are recorded from the answer on, and the recording is over with the call', async () => {
  const { stage, stream, legs } = await dialed({ record: 'dual' })
  legs[0]!.answers()
  await settled()
  assert.equal(stream.now('record').recording.channels, 'dual')
  legs[0]!.ends()
  await settled()
  const [{ id, state }] = stage.told('recordings.end')
  assert.deepEqual([stage.result.recordingId, state], [id, 'ready'])
})

test('before a recording begins both sides are told of it; without one nobody is', async () => {
  const consent = [{ kind: 'silence', ms: 100 }] as const
  const { stream, legs } = await dialed({ record: 'mixed', consent })
  legs[0]!.answers()
  await settled()
  const told = [stream, legs[0]!.stream!]
  for (const one of told) assert.equal(one.now('play').play.to, 'stream')
  assert.throws(() => stream.now('record'))
  for (const one of told) one.played()
  await settled()
  assert.equal(stream.now('record').recording.channels, 'mixed')

  const other = await dialed({ consent })
  other.legs[0]!.answers()
  await settled()
  assert.throws(() => other.stream.now('play'))
})

test('a caller that is answered only with the called party is refused with how that one failed', async () => {
  const verb = { answerWithThem: true }
  const { then: _, ...rest } = dial
  const stage = new ScriptStage()
  const { leg } = await stage.opened([{ ...rest, ...verb }])
  stage.called[0]!.leg.rings()
  assert.deepEqual(leg.done, ['ring'])
  stage.called[0]!.leg.ends('call.busy', 486)
  await settled()
  assert.deepEqual(leg.done, ['ring', 'refuse call.busy'])

  const other = await dialed(verb)
  other.legs[0]!.answers()
  await settled()
  assert.deepEqual(other.leg.done, ['answer'])
})

test('sound of the called network is passed on where the script wants it', async () => {
  const { stream, legs } = await dialed({ passEarlyMedia: true })
  legs[0]!.rings(true)
  await settled()
  assert.equal(stream.mix?.mix, legs[0]!.stream!.mix?.mix)
  assert.equal(legs[0]!.stream!.mix?.deaf, true, 'who has not answered hears nobody')
  legs[0]!.answers()
  await settled()
  assert.equal(legs[0]!.stream!.mix?.deaf, undefined)
})

test('whoever is held hears music, until both are back', async () => {
  const { stage, stream, legs } = await dialed()
  legs[0]!.answers()
  await settled()
  const mix = stream.mix!.mix
  legs[0]!.holds(true)
  assert.equal(stage.place.music.get(mix)?.length, 1)
  legs[0]!.holds(false)
  assert.deepEqual(stage.place.music.get(mix), [])
})

test('another script on the caller lets the called party go; on the called one it takes it out of the bridge', async () => {
  const { stage, call, legs } = await dialed({}, { other: [wait] })
  legs[0]!.answers()
  await settled()
  stage.run(call, 'other')
  await settled()
  assert.deepEqual([legs[0]!.done, results(stage), call.over], [['hangUp call.terminated_by_request'], 0, false])

  const moved = await dialed({}, { other: [wait] })
  moved.legs[0]!.answers()
  await settled()
  moved.stage.run(moved.calls[0]!, 'other')
  await settled()
  assert.deepEqual([moved.calls[0]!.over, moved.legs[0]!.stream!.mix, moved.stream.mix], [false, undefined, undefined])
  assert.equal(results(moved.stage), 1)
})

function referTo(target: string, replaces?: string): { ask: ReferAsk; told: string[] } {
  const told: string[] = []
  const ask: ReferAsk = {
    target,
    ...(replaces !== undefined && { replaces }),
    accept: () => void told.push('accept'),
    refuse: ({ reason }) => void told.push(`refuse ${reason}`),
    progress: (status) => void told.push(String(status)),
  }
  return { ask, told }
}

test('a phone that transfers the other party is let go, and the page for that runs on the other one', async () => {
  for (const byCaller of [true, false]) {
    const stage = new ScriptStage()
    stage.referPage = page('refer')
    const { call, leg, calls, legs } = await dialed({}, { refer: [wait] }, stage)
    legs[0]!.answers()
    await settled()
    const { ask, told } = referTo('sip:desk@pbx.example')
    ;(byCaller ? leg : legs[0]!).refers(ask)
    await settled()
    const [gone, stays] = byCaller ? [call, calls[0]!] : [calls[0]!, call]
    assert.deepEqual(told, ['accept', '200'])
    assert.deepEqual([gone.end?.reason, stays.over], ['call.transferred', false])
    const occasion = stage.occasions.findLast(({ type }) => type === 'start')
    assert.equal(occasion?.type === 'start' && occasion.refer?.target, 'sip:desk@pbx.example')
  }
})

test('a transfer that no page was set for is refused with its reason, and both talk on', async () => {
  const { stream, legs } = await dialed()
  legs[0]!.answers()
  await settled()
  const { ask, told } = referTo('sip:x@y')
  legs[0]!.refers(ask)
  await settled()
  assert.deepEqual([told, stream.mix !== undefined], [['refuse number.not_bound'], true])
})

test('an attended transfer joins the two who are left', async () => {
  const stage = new ScriptStage()
  const first = await dialed({}, {}, stage)
  first.legs[0]!.answers()
  await settled()
  const second = await stage.opened([dial, { verb: 'hangUp' }], next)
  const { call: consulted, leg } = stage.called[1]!
  leg.answers()
  await settled()
  // The same phone is the called one of both.
  const { ask, told } = referTo('sip:second@x', `call-${consulted.id}`)
  first.legs[0]!.refers(ask)
  await settled()
  assert.deepEqual(told, ['accept', '200'])
  assert.deepEqual([first.calls[0]!.end?.reason, consulted.end?.reason], ['call.transferred', 'call.transferred'])
  assert.ok(first.stream.mix && first.stream.mix.mix === second.stream.mix?.mix)
  second.leg.ends()
  await settled()
  assert.equal(first.call.end?.reason, 'call.completed')
})

test('who is being screened is not cut off by the time that phones may ring', async () => {
  const { stage, stream, legs } = await dialed(
    { targets: [to('+1', { screen: page('screen') })] },
    { screen: [{ verb: 'pause', ms: 60_000 }] },
  )
  legs[0]!.answers()
  await settled()
  stage.clock.advance(60_000)
  await settled()
  assert.ok(stream.mix)
})

/** Two calls of one phone, which is the called one of both; their media is with different workers. */
async function consultation() {
  const stage = new ScriptStage()
  const first = await dialed({}, {}, stage)
  first.legs[0]!.answers()
  await settled()
  const far = stage.incoming('+2', new FakePlace(1))
  stage.pages['far'] = [dial]
  stage.run(far.call, 'far')
  await settled()
  const consulted = stage.called[1]!
  consulted.leg.answers()
  await settled()
  return { first, far, consulted }
}

test('an attended transfer brings together those whose media is with different workers', async () => {
  const { first, far, consulted } = await consultation()
  const { ask, told } = referTo('sip:second@x', `call-${consulted.call.id}`)
  first.legs[0]!.refers(ask)
  await settled()
  assert.deepEqual([told, far.leg.done.at(-1)], [['accept', '200'], 'moveTo 0'])
  assert.ok(first.stream.mix && first.stream.mix.mix === far.leg.stream!.mix?.mix)
})

test('who hangs up while an attended transfer brings the others together is missed by nobody: they talk on', async () => {
  const { first, far, consulted } = await consultation()
  const moveTo = far.leg.moveTo.bind(far.leg)
  far.leg.moveTo = (place) => {
    first.leg.ends()
    return moveTo(place)
  }
  const { ask, told } = referTo('sip:second@x', `call-${consulted.call.id}`)
  first.legs[0]!.refers(ask)
  await settled()
  assert.deepEqual(told, ['refuse call.state_invalid'])
  assert.deepEqual([far.call.over, consulted.call.over], [false, false])
  assert.equal(far.leg.done.at(-1), 'moveTo 1')
  assert.ok(far.leg.stream!.mix && far.leg.stream!.mix.mix === consulted.leg.stream!.mix?.mix)
})

test('who could not be told of the recording is not recorded', async () => {
  const { stage, stream, legs } = await dialed({ record: 'mixed', consent: [{ kind: 'silence', ms: 100 }] })
  legs[0]!.answers()
  await settled()
  const { ask } = stream.now('play')
  stream.running.delete(ask)
  stream.tell({ type: 'failed', ask, reason: 'platform.media_operation_failed', detail: 'gone' })
  legs[0]!.stream!.played()
  await settled()
  assert.throws(() => stream.now('record'))
  assert.deepEqual(stage.reasons, ['platform.media_operation_failed'])
})

test('nothing is waited for of two of whom one has gone before they hear each other', async () => {
  const stage = new ScriptStage()
  const [one, two] = [stage.incoming('+1'), stage.incoming('+2')]
  await Promise.all([one.call.answer(), two.call.answer()])
  one.leg.ends()
  let timers = 0
  const after = (ms: number, act: () => void) => {
    timers += 1
    const timer = stage.clock.after(ms, act)
    return {
      cancel: () => {
        timers -= 1
        timer.cancel()
      },
    }
  }
  const bridge = new Bridge({ clock: { ...stage.clock, after }, music: [], referred() {} }, one.call, two.call, 3_600_000)
  assert.equal((await bridge.ended).how, 'ended')
  assert.equal(two.call.over, true)
  assert.equal(timers, 0)
})
