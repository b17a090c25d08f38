import { test } from 'node:test'
import assert from 'node:assert/strict'
import { FakePlace } from '../../../test/fakes/fake-media.ts'
import { ScriptStage, settled } from '../../../test/fakes/script-stage.ts'
import type { Supervise, Verb } from './verb.ts'

const dial: Verb = { verb: 'dial', targets: [{ to: { kind: 'number', number: '+1' } }], timeoutMs: 30_000, mostMs: 0 }

async function supervised(how: Supervise['how']) {
  const stage = new ScriptStage()
  const talk = await stage.opened([dial, { verb: 'hangUp' }])
  const [agent] = stage.called as [(typeof stage.called)[0]]
  agent.leg.answers()
  await settled()
  const supervisor = stage.incoming('+2', new FakePlace(1))
  stage.pages['supervise'] = [{ verb: 'supervise', callId: agent.call.id, how }]
  stage.run(supervisor.call, 'supervise')
  await settled()
  return { stage, ...talk, agent, supervisor, seat: supervisor.leg.stream?.mix }
}

test('who listens hears both, and nobody hears them', async () => {
  const { stream, seat, supervisor } = await supervised('listen')
  assert.deepEqual(seat, { mix: stream.mix!.mix, muted: false, whisperTo: [] })
  // All who hear each other are with one worker.
  assert.ok(supervisor.leg.done.includes('moveTo 0'))
})

test('a whisper is for the named one alone, and who barges in is heard by both', async () => {
  const whispering = await supervised('whisper')
  assert.deepEqual(whispering.seat?.whisperTo, [whispering.agent.leg.stream!.id])
  const barging = await supervised('barge')
  assert.deepEqual(barging.seat, { mix: barging.stream.mix!.mix, muted: false })
})

test('they go on when the supervisor leaves, and the supervisor is let go when they part', async () => {
  const left = await supervised('listen')
  left.supervisor.leg.ends()
  await settled()
  assert.deepEqual([left.call.over, left.agent.call.over], [false, false])
  const parted = await supervised('listen')
  parted.agent.leg.ends()
  await settled()
  assert.deepEqual([parted.supervisor.call.over, parted.supervisor.leg.stream?.mix], [true, undefined])
})

test('nobody is supervised who talks to nobody', async () => {
  const stage = new ScriptStage()
  const supervisor = stage.incoming('+2', new FakePlace(0))
  stage.pages['supervise'] = [{ verb: 'supervise', callId: 1, how: 'listen' }]
  stage.run(supervisor.call, 'supervise')
  await settled()
  assert.equal(supervisor.call.end?.reason, 'call.state_invalid')
})
