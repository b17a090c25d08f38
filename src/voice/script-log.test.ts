// What is kept of verbs for timelines: when, how each ended, and nothing that may be somebody's code.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { refusal } from '#reasons/refusal.ts'
import { page, ScriptStage, settled } from '../../test/fakes/script-stage.ts'
import type { Verb } from './verbs/verb.ts'

const say = (text: string) => ({ kind: 'say', text, language: 'en' }) as const
const gather: Verb = {
  verb: 'gather',
  prompt: [say('Press')],
  inputs: ['digits'],
  valid: '0123456789',
  most: 4,
  finishOn: '#',
  firstMs: 5000,
  betweenMs: 5000,
  bargeIn: true,
  thenWhenEmpty: false,
}
const dial: Verb = {
  verb: 'dial',
  targets: [{ to: { kind: 'number', number: '+1' } }, { to: { kind: 'sip', uri: 'sip:a@b?X-A=1' } }],
  timeoutMs: 30_000,
  mostMs: 60_000,
}

test('each verb says when it ran and how it ended; digits are counted, and those that are spoken are hidden', async () => {
  const stage = new ScriptStage()
  const play: Verb = {
    verb: 'play',
    audio: [say('Your code is 4711')],
    times: 1,
    stopOn: '1',
    at: { line: 2, column: 3 },
    tag: 'a',
  }
  const { call, stream } = await stage.opened([play, gather, { verb: 'pause', ms: 60_000 }])
  stage.clock.advance(700)
  stream.played('digit')
  await settled()
  stream.collected('1234')
  await settled()
  assert.deepEqual(
    call.did.traces.verbs.map(({ verb, tookMs, how, by }) => [verb, tookMs, how, by]),
    [
      ['say', 700, 'interrupted', 'key'],
      ['gather', 0, 'finished', undefined],
      ['pause', undefined, undefined, undefined],
    ],
  )
  const [said, gathered] = call.did.traces.verbs
  assert.deepEqual([said!.at, said!.tag], [{ line: 2, column: 3 }, 'a'])
  assert.deepEqual(said!.data, { heard: [{ say: 'Your code is ####', language: 'en' }], times: 1 })
  assert.deepEqual([gathered!.data['got'], gathered!.data['digits']], ['digits', 4])
  assert.doesNotMatch(JSON.stringify(call.did.traces), /1234|4711/)
  call.hangUp(refusal('call.completed'), 'caller')
  await settled()
  const kept = JSON.parse(call.row.detail).verbs.at(-1)
  assert.deepEqual([kept.verb, kept.how, kept.by, kept.tookMs], ['pause', 'interrupted', 'hang_up', 0])
})

test('whoever a dial tried is named with how that went', async () => {
  const stage = new ScriptStage()
  stage.unplaceable.set('+1', refusal('routing.no_route', { destination: '+1' }))
  stage.unplaceable.set('sip:a@b?X-A=1', refusal('call.destination_unknown', { destination: 'b' }))
  const { call } = await stage.opened([dial, { verb: 'pause', ms: 1000 }])
  const [dialled] = call.did.traces.verbs
  assert.deepEqual([dialled!.verb, dialled!.how, dialled!.reason], ['dial', 'failed', 'routing.no_route'])
  assert.deepEqual(dialled!.data['targets'], ['+1', 'sip:a@b'])
  assert.deepEqual(
    dialled!.events!.map(({ what, data }) => [what, data['to'], data['reason']]),
    [
      ['dial.tried', '+1', 'routing.no_route'],
      ['dial.tried', 'sip:a@b', 'call.destination_unknown'],
    ],
  )
})

test('a verb that fails says why, and one that a request stops says so', async () => {
  const stage = new ScriptStage()
  stage.clipsFail = refusal('tts.language_invalid', { language: 'xx' })
  const { call } = await stage.opened(
    [
      { verb: 'play', audio: [say('a')], times: 1 },
      { verb: 'pause', ms: 1000 },
    ],
    { other: [] },
  )
  const run = call.running as unknown as { interrupt(to: object): boolean }
  run.interrupt(page('other'))
  await settled()
  assert.deepEqual(
    call.did.traces.verbs.map(({ how, by, reason, params }) => [how, by, reason, params]),
    [
      ['failed', undefined, 'tts.language_invalid', { language: 'xx' }],
      ['interrupted', 'request', undefined, undefined],
    ],
  )
})

test('of a script that goes round and round the first verbs are kept, and the others counted', async () => {
  const stage = new ScriptStage()
  const { call } = await stage.opened(
    Array.from({ length: 60 }, (): Verb => ({ verb: 'message', kind: 'sms', to: '+1', from: '+2', text: 'a' })),
  )
  await settled()
  const { verbs, more } = call.did.traces
  assert.deepEqual([verbs.length, more], [50, 10])
})
