import { test } from 'node:test'
import assert from 'node:assert/strict'
import { Refusal, refusal } from '#reasons/refusal.ts'
import { FakePlace } from '../../test/fakes/fake-media.ts'
import { page, ScriptStage, settled } from '../../test/fakes/script-stage.ts'
import { CallChanges } from './change-call.ts'
import { joinCalls } from './join-calls.ts'
import { runsScripts } from './run-script.ts'
import type { Verb } from './verbs/verb.ts'

const wait: Verb = { verb: 'pause', ms: 3_600_000 }
const dial: Verb = { verb: 'dial', targets: [{ to: { kind: 'number', number: '+1' } }], timeoutMs: 30_000, mostMs: 0 }
const actor = { face: 'api' }

function changesOn(stage: ScriptStage): CallChanges {
  const { clock, conferences, recordings } = stage
  return new CallChanges({ clock, runScript: runsScripts(stage.parts), conferences, recordings })
}

const isState = (error: unknown): boolean => error instanceof Refusal && error.reason === 'call.state_invalid'

async function bridged() {
  const stage = new ScriptStage()
  const opened = await stage.opened([dial, { verb: 'hangUp' }], { other: [wait] })
  const [called] = stage.called as [(typeof stage.called)[0]]
  called.leg.answers()
  await settled()
  return { stage, changes: changesOn(stage), ...opened, called }
}

test('another script takes the call, and lets the other party go', async () => {
  const { stage, changes, call, called } = await bridged()
  changes.redirect(call, { face: 'test', page: page('other') })
  await settled()
  assert.deepEqual([called.call.over, call.over], [true, false])
  assert.deepEqual(stage.occasions.at(-1), { type: 'changed' })
})

test('or it runs on both, each for itself', async () => {
  const { stage, changes, call, called, stream } = await bridged()
  changes.redirect(call, { face: 'test', page: page('other') }, { takesOther: true })
  await settled()
  assert.deepEqual([called.call.over, call.over, stream.mix], [false, false, undefined])
  assert.equal(stage.occasions.filter(({ type }) => type === 'changed').length, 2)
})

test('what the form kept with the running script is there for the next', async () => {
  const stage = new ScriptStage()
  const seen: unknown[] = []
  const { request } = stage.form
  stage.form = {
    ...stage.form,
    request(asked, occasion, view, memory) {
      seen.push({ ...memory })
      memory['token'] = 'kept'
      return request(asked, occasion, view, memory)
    },
  }
  const { call } = await stage.opened([wait], { other: [wait] })
  changesOn(stage).redirect(call, { face: 'test', page: page('other') })
  await settled()
  assert.deepEqual(seen, [{}, { token: 'kept' }])
})

test('a call that is over, or rings elsewhere, takes no script', async () => {
  const { changes, call, leg, stage } = await bridged()
  const second = await stage.opened([dial])
  const ringing = stage.called.at(-1)!.call
  assert.throws(() => changes.redirect(ringing, { face: 'test', page: page('other') }), isState)
  leg.ends()
  await settled()
  assert.throws(() => changes.redirect(call, { face: 'test', page: page('other') }), isState)
  assert.throws(() => changes.hangUp(call), isState)
  assert.ok(!second.call.over)
})

test('a request ends a call, or cancels one that nobody answered', async () => {
  const { changes, call, called } = await bridged()
  assert.equal(changes.cancel(call), false)
  changes.hangUp(call)
  await settled()
  assert.deepEqual([call.end?.reason, called.call.end?.state], ['call.terminated_by_request', 'completed'])
  const stage = new ScriptStage()
  await stage.opened([dial])
  const [{ call: ringing, leg }] = stage.called as [(typeof stage.called)[0]]
  assert.ok(changesOn(stage).cancel(ringing))
  assert.deepEqual([leg.done, ringing.end?.state], [['hangUp call.canceled_by_request'], 'canceled'])
})

test('who is muted stays so wherever it is connected next', async () => {
  const stage = new ScriptStage()
  const { call, stream } = await stage.opened([dial])
  const changes = changesOn(stage)
  changes.mute(call, true)
  stage.called[0]!.leg.answers()
  await settled()
  assert.equal(stream.mix?.muted, true)
  changes.mute(call, false)
  assert.equal(stream.mix?.muted, false)
})

test('mute in a conference is seen in its row', async () => {
  const stage = new ScriptStage()
  const join = {
    verb: 'conference',
    name: 'a',
    muted: false,
    startOnEnter: true,
    endOnExit: false,
    beep: false,
    most: 9,
    mostMs: 0,
  } as const
  const { call } = await stage.opened([join])
  changesOn(stage).mute(call, true)
  await settled()
  assert.deepEqual(
    stage.told('conferences.change_member').map(({ muted }) => muted),
    [true],
  )
})

test('hold, transfer, recording and keys need a call that was answered', async () => {
  const { stage, changes, call, leg, stream } = await bridged()
  await changes.hold(call, true)
  await changes.hold(call, false)
  changes.sendDigits(call, '12')
  const recording = await changes.record(call, actor, 'dual')
  assert.equal(await changes.stopRecording(call), 1)
  assert.deepEqual(
    stage.told('recordings.create').map(({ row }) => [row.source, row.id]),
    [['api', recording.id]],
  )
  await changes.transfer(call, 'sip:a@b')
  assert.deepEqual(
    [leg.done.slice(1, 4), stream.digits, call.end?.reason],
    [['hold', 'resume', 'refer sip:a@b'], '12', 'call.transferred'],
  )
  await assert.rejects(changes.hold(call, true), isState)
})

test('what the party does not take is refused with its reason', async () => {
  const { changes, call, leg } = await bridged()
  leg.stepOutcome = { done: false, refusal: refusal('call.not_connected', {}), sipStatus: 488 }
  await assert.rejects(changes.hold(call, true), (error: Refusal) => error.reason === 'call.not_connected')
  leg.referOutcome = { accepted: false, sipStatus: 405, refusal: refusal('call.declined') }
  await assert.rejects(changes.transfer(call, 'sip:a@b'), (error: Refusal) => error.reason === 'call.declined')
  assert.ok(!call.over)
})

test('two calls that were joined end together, and whatever takes the first lets the second go', async () => {
  for (const first of [true, false]) {
    const stage = new ScriptStage()
    const one = await stage.opened([{ verb: 'answer' }, wait])
    const two = await stage.opened([{ verb: 'answer' }, wait])
    joinCalls(stage, one.call, two.call)
    assert.ok(one.stream.mix && one.stream.mix.mix === two.stream.mix?.mix)
    ;(first ? one : two).leg.ends()
    await settled()
    assert.deepEqual([one.call.over, two.call.over], [true, true])
  }
  const stage = new ScriptStage()
  const one = await stage.opened([{ verb: 'answer' }, wait], { other: [wait] })
  const two = await stage.opened([{ verb: 'answer' }, wait], { other: [wait] })
  joinCalls(stage, one.call, two.call)
  stage.run(one.call, 'other')
  await settled()
  assert.deepEqual([one.call.over, two.call.over], [false, true])
})

test('two calls are joined: they hear each other and end together, and whom they talked to is let go', async () => {
  const { stage, changes, call, called } = await bridged()
  const other = stage.incoming('+2', new FakePlace(1))
  await other.call.answer()
  await changes.join(called.call, other.call)
  await settled()
  assert.ok(other.leg.done.includes('moveTo 0'))
  assert.ok(called.leg.stream!.mix && called.leg.stream!.mix.mix === other.leg.stream!.mix?.mix)
  assert.ok(call.over)
  await assert.rejects(changes.join(called.call, other.call), isState)
  other.leg.ends()
  await settled()
  assert.ok(called.call.over)
})
