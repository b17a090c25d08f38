import { test } from 'node:test'
import assert from 'node:assert/strict'
import { refusal } from '#reasons/refusal.ts'
import { page, ScriptStage, settled } from '../../test/fakes/script-stage.ts'
import type { Play, Verb } from './verbs/verb.ts'

const say: Play = { verb: 'play', audio: [{ kind: 'say', text: 'Hello', language: 'en' }], times: 1 }
const refused = { kind: 'connect', detail: 'ECONNREFUSED' } as const
const slow = { kind: 'timeout', detail: 'headers' } as const

test('verbs are done in order, the first of them answers, and the end of the script ends the call', async () => {
  const stage = new ScriptStage()
  const { call, leg, stream } = await stage.opened([say, { verb: 'pause', ms: 1000 }])
  assert.deepEqual(leg.done, ['answer'])
  stream.played()
  await settled()
  assert.ok(!call.over)
  stage.clock.advance(1000)
  await settled()
  assert.equal(call.end?.reason, 'markup.ended')
  assert.equal(call.end?.by, 'application')
})

test('a reject, and a pause before it, do not answer', async () => {
  const stage = new ScriptStage()
  const { call, leg } = await stage.opened([{ verb: 'pause', ms: 2000 }, { verb: 'reject', as: 'busy' }, say])
  assert.deepEqual(leg.done, ['ring'])
  stage.clock.advance(2000)
  await settled()
  assert.deepEqual(leg.done, ['ring', 'refuse 486 markup.rejected'])
  assert.equal(call.end?.state, 'busy')
})

test('a script that hangs up, or does nothing, before the answer turns the caller away', async () => {
  const stage = new ScriptStage()
  const { leg } = await stage.opened([{ verb: 'hangUp' }])
  assert.deepEqual(leg.done, ['refuse 603 markup.rejected'])
  const other = new ScriptStage({ hangUpStatus: 500 })
  assert.deepEqual((await other.opened([{ verb: 'hangUp' }])).leg.done, ['refuse 500 markup.rejected'])
  const empty = await stage.opened([])
  assert.deepEqual([empty.leg.done, empty.call.end?.state], [['refuse 603 markup.ended'], 'busy'])
  assert.deepEqual((await other.opened([])).leg.done, ['refuse 500 markup.ended'])
})

test('one error of a page does not end a call that has a fallback, and its author learns of it', async () => {
  for (const broken of [500, refused, slow, '<html>no verbs</html>']) {
    const stage = new ScriptStage()
    stage.pages = { start: broken, instead: [say] }
    const { call, leg } = stage.incoming()
    stage.run(call, 'start', { fallback: 'instead' })
    await settled()
    assert.ok(!call.over, JSON.stringify(broken))
    assert.equal(leg.stream?.now('play').play.times, 1)
    assert.equal(stage.troubles.length, 1)
    assert.equal(stage.occasions.at(-1)?.type, 'error')
  }
})

test('without a fallback the caller is refused with the reason, by the status that the face has for it', async () => {
  const stage = new ScriptStage({ statusOf: ({ params }) => (params['status'] === 404 ? 404 : undefined) })
  const { call, leg } = await stage.opened([], { start: 404 })
  assert.deepEqual(leg.done, ['refuse 404 webhook.status_unexpected'])
  assert.equal(call.end?.reason, 'webhook.status_unexpected')
  assert.equal(call.end?.by, 'application')
  assert.equal(stage.troubles[0]?.page?.url, page('start').url)
})

test('a fault in a script names its place, to its author and in the reason of the call', async () => {
  const stage = new ScriptStage()
  const { call } = await stage.opened([], { start: 'Hello' })
  assert.equal(call.end?.reason, 'markup.error')
  const [{ refusal: why, exchange }] = stage.troubles as [(typeof stage.troubles)[0]]
  assert.deepEqual([why.params['line'], why.params['column']], [1, 1])
  assert.equal(exchange?.answer?.body.toString(), 'Hello')
})

test('a fallback that fails too ends the call, with the reason of the page', async () => {
  const stage = new ScriptStage()
  stage.pages = { start: 500, instead: 'no' }
  const { call } = stage.incoming()
  stage.run(call, 'start', { fallback: 'instead' })
  await settled()
  assert.deepEqual(stage.reasons, ['webhook.status_unexpected', 'markup.error'])
  assert.equal(call.end?.reason, 'webhook.status_unexpected')
})

test('what was never sent is sent again, once; what may have been is not', async () => {
  const stage = new ScriptStage()
  await stage.opened([], { start: { turns: [refused, [say]] } })
  assert.equal(stage.requests.length, 2)
  assert.deepEqual(stage.reasons, [])
  const other = new ScriptStage()
  await other.opened([], { start: { kind: 'connect', detail: 'closed without an answer' } })
  assert.equal(other.requests.length, 1)
  const third = new ScriptStage()
  third.pages = { start: { turns: [503, [say]] } }
  const { call } = third.incoming()
  const start = { url: page('start').url, method: 'GET' } as const
  const verbs: readonly Verb[] = [{ verb: 'redirect', to: start }]
  third.run(call, 'unused', { verbs })
  await settled()
  assert.equal(third.requests.length, 2, 'what only reads')
  assert.ok(!call.over)
})

test('pages that lead from one to the next without anything to do come to an end', async () => {
  const stage = new ScriptStage()
  const { call } = await stage.opened([{ verb: 'redirect', to: page('start') }])
  await settled()
  await settled()
  await settled()
  await settled()
  assert.equal(call.end?.reason, 'markup.error')
  assert.equal(stage.requests.length, 20)
})

test('a verb that fails is told with its place, and the next one has its turn, or the script ends, as the face has it', async () => {
  const why = refusal('tts.no_provider')
  const at = { line: 3, column: 5, element: 'Say' }
  const stage = new ScriptStage()
  stage.clipsFail = why
  const { call } = await stage.opened([
    { ...say, at },
    { verb: 'pause', ms: 1000 },
  ])
  assert.deepEqual(
    stage.troubles.map(({ refusal: { reason }, at: where, verb }) => ({ reason, where, verb })),
    [{ reason: 'tts.no_provider', where: at, verb: 'play' }],
  )
  assert.ok(!call.over, 'it pauses')

  const strict = new ScriptStage({ endsScript: ({ reason }) => reason.startsWith('tts.') })
  strict.clipsFail = why
  assert.equal((await strict.opened([say, { verb: 'pause', ms: 1000 }])).call.end?.reason, 'tts.no_provider')
})

test('a caller with whom no sound can be agreed is refused with that reason', async () => {
  const stage = new ScriptStage()
  stage.pages = { start: [say] }
  const { call, leg } = stage.incoming()
  leg.cannotAnswer = refusal('call.media_incompatible')
  stage.run(call, 'start')
  await settled()
  assert.deepEqual(leg.done, ['refuse call.media_incompatible'])
})

test('another script on the same call stops the first, with what it plays', async () => {
  const stage = new ScriptStage()
  const { call, stream } = await stage.opened([say, { verb: 'hangUp' }], { other: [{ verb: 'pause', ms: 1000 }] })
  const playing = stream.now('play').ask
  stage.run(call, 'other')
  await settled()
  assert.ok(!stream.running.has(playing))
  assert.ok(!call.over, 'the first one does not hang up')
  stage.clock.advance(1000)
  await settled()
  assert.equal(call.end?.reason, 'markup.ended')
})

test('an interrupt ends the verb that is done and asks its page why it was asked', async () => {
  const stage = new ScriptStage()
  const { run, stream } = await stage.opened([say, { verb: 'hangUp' }], { now: [{ verb: 'pause', ms: 1000 }] })
  assert.ok(run.interrupt(page('now')))
  await settled()
  assert.equal(stream.running.size, 0)
  assert.deepEqual(stage.occasions.at(-1), { type: 'interrupted', verb: 'play' })
})

test('verbs that are known already are done before the first page is asked', async () => {
  const stage = new ScriptStage()
  stage.pages = { start: [say] }
  const { call, leg } = stage.incoming()
  stage.run(call, 'start', { verbs: [{ verb: 'answer' }, { verb: 'pause', ms: 500 }] })
  await settled()
  assert.deepEqual([leg.done, stage.requests.length], [['answer'], 0])
  stage.clock.advance(500)
  await settled()
  assert.equal(stage.requests.length, 1)
})

test('a bug ends the call with our own reason, and is journalled', async () => {
  const stage = new ScriptStage({
    read: () => {
      throw new Error('a bug')
    },
  })
  const { call } = await stage.opened([say])
  assert.equal(call.end?.reason, 'platform.internal_error')
  assert.equal(stage.faults.length, 1)
})
