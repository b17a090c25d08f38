import { test } from 'node:test'
import assert from 'node:assert/strict'
import { refusal } from '#reasons/refusal.ts'
import { FakePlace } from '../../test/fakes/fake-media.ts'
import { page, ScriptStage, settled, type Pages } from '../../test/fakes/script-stage.ts'
import type { JoinConference, Verb } from './verbs/verb.ts'

const wait: Verb = { verb: 'pause', ms: 36_000_000 }
const join: JoinConference = {
  verb: 'conference',
  name: 'standup',
  muted: false,
  startOnEnter: true,
  endOnExit: false,
  beep: false,
  most: 40,
  mostMs: 14_400_000,
  then: page('next'),
}

async function joined(stage: ScriptStage, more: Partial<JoinConference> = {}, pages: Pages = {}, place = stage.place) {
  stage.pages = { ...stage.pages, [`join${stage.requests.length}`]: [{ ...join, ...more }, wait], next: [wait], ...pages }
  const { call, leg } = stage.incoming('+1', place)
  stage.run(call, `join${stage.requests.length}`)
  await settled()
  assert.deepEqual(stage.faults, [])
  return { call, leg, stream: () => leg.stream! }
}

const kinds = (stage: ScriptStage): string[] =>
  stage.writes.map(({ name }) => name).filter((name) => name.startsWith('conferences.'))

test('who is alone hears music; who are several hear each other, in one mix, each with a seat of its own', async () => {
  const stage = new ScriptStage()
  const one = await joined(stage)
  assert.deepEqual([one.stream().now('play').play.times, one.stream().mix], [0, undefined])
  const two = await joined(stage)
  const three = await joined(stage, { muted: true })
  assert.equal(one.stream().running.size, 0, 'the music has stopped')
  const seats = [one, two, three].map(({ stream }) => stream().mix)
  assert.deepEqual(
    seats.map((seat) => [seat?.mix === seats[0]?.mix, seat?.muted]),
    [
      [true, false],
      [true, false],
      [true, true],
    ],
  )
  assert.deepEqual(kinds(stage), [
    'conferences.open',
    'conferences.join',
    'conferences.start',
    'conferences.join',
    'conferences.join',
  ])
})

test('nobody is heard before somebody comes who starts it', async () => {
  const stage = new ScriptStage()
  const one = await joined(stage, { startOnEnter: false })
  const two = await joined(stage, { startOnEnter: false })
  assert.deepEqual([one.stream().mix, two.stream().mix], [undefined, undefined])
  const three = await joined(stage)
  assert.ok(one.stream().mix && two.stream().mix && three.stream().mix)
})

test('who leaves frees its seat; who is left alone waits again; the last one ends it, and the name is free', async () => {
  const stage = new ScriptStage()
  const one = await joined(stage)
  const two = await joined(stage)
  two.leg.ends()
  await settled()
  assert.deepEqual([one.stream().mix, one.stream().now('play').play.times], [undefined, 0])
  one.leg.ends()
  await settled()
  assert.deepEqual([stage.conferences.size, kinds(stage).at(-1)], [0, 'conferences.end'])
  const three = await joined(stage)
  assert.equal(stage.told('conferences.open').length, 2)
  assert.ok(!three.call.over)
})

test('who ends it by leaving lets the scripts of all others go on', async () => {
  const stage = new ScriptStage()
  const one = await joined(stage)
  const moderator = await joined(stage, { endOnExit: true })
  moderator.leg.ends()
  await settled()
  assert.deepEqual([one.call.over, one.stream().mix, stage.conferences.size], [false, undefined, 0])
  const occasions = stage.occasions.filter(({ type }) => type === 'result')
  assert.equal(occasions.length, 2, 'of the one who left too')
})

test('a full one is told, and the script goes on', async () => {
  const stage = new ScriptStage()
  await joined(stage)
  const two = await joined(stage, { most: 1 })
  assert.deepEqual([stage.result.refusal.reason, stage.result.conferenceId, two.call.over], ['conference.full', null, false])
  assert.deepEqual(stage.reasons, ['conference.full'])
})

test('the longest time of a conference ends the calls of all that are in it, with its reason', async () => {
  const stage = new ScriptStage()
  const calls = [await joined(stage), await joined(stage)]
  stage.clock.advance(14_400_000)
  await settled()
  assert.deepEqual(
    calls.map(({ call }) => call.end?.reason),
    ['conference.max_time_exceeded', 'conference.max_time_exceeded'],
  )
  assert.deepEqual([stage.told('conferences.end')[0].reason, stage.conferences.size], ['conference.max_time_exceeded', 0])
})

test('one is muted, held and put out by requests', async () => {
  const stage = new ScriptStage()
  const [one, two, three] = [await joined(stage), await joined(stage), await joined(stage)]
  const room = stage.conferences.find(stage.told('conferences.open')[0].row.id)!
  room.change(one.call.id, { muted: true })
  assert.equal(one.stream().mix?.muted, true)
  room.change(two.call.id, { held: true })
  assert.deepEqual([two.stream().mix, two.stream().now('play').play.times], [undefined, 0])
  room.change(two.call.id, { held: false })
  assert.ok(two.stream().mix && two.stream().running.size === 0)
  assert.ok(room.eject(three.call.id, refusal('call.terminated_by_request')))
  await settled()
  assert.equal(three.call.end?.reason, 'call.terminated_by_request')
  assert.equal(room.size, 2)
  await settled()
  assert.equal(stage.told('conferences.change_member').length, 3)
})

test('keys mute, unmute and lead out', async () => {
  const stage = new ScriptStage()
  const one = await joined(stage, { muteDigit: '6', unmuteDigit: '7', exitDigit: '*' })
  await joined(stage)
  one.stream().press('6')
  assert.equal(one.stream().mix?.muted, true)
  one.stream().press('7')
  assert.equal(one.stream().mix?.muted, false)
  one.stream().press('*')
  await settled()
  assert.deepEqual([one.stream().mix, stage.result.verb, one.call.over], [undefined, 'conference', false])
})

test('all hear who comes and who goes', async () => {
  const stage = new ScriptStage()
  const one = await joined(stage)
  const left = [{ kind: 'say', text: 'Somebody left', language: 'en' }] as const
  const two = await joined(stage, { beep: true, left })
  const { play } = two.stream().now('play')
  assert.deepEqual([play.to, play.over, play.clips[0]?.kind], ['mix', true, 'tones'])
  await joined(stage)
  two.leg.ends()
  await settled()
  assert.equal(one.stream().now('play').play.to, 'mix')
})

test('a page for who waits may play and redirect; anything else in it is told with its place', async () => {
  const stage = new ScriptStage()
  const at = { line: 2, column: 3, element: 'Dial' }
  const bad: Verb = { verb: 'dial', targets: [], timeoutMs: 1, mostMs: 1, at }
  const say: Verb = { verb: 'play', audio: [{ kind: 'say', text: 'Please wait', language: 'en' }], times: 1 }
  const one = await joined(stage, { wait: { kind: 'script', page: page('wait') } }, { wait: [say, bad] })
  assert.deepEqual(stage.occasions.at(-1), { type: 'wait', conference: 'standup' })
  stage.clock.advance(2000)
  one.stream().played()
  await settled()
  assert.deepEqual(stage.troubles[0]?.refusal.params['line'], 2)
  assert.equal(stage.occasions.filter(({ type }) => type === 'wait').length, 2, 'over and over')
  await joined(stage)
  assert.equal(one.stream().running.size, 0)
})

test('a conference is recorded by one of its members, and by another when that one leaves', async () => {
  const stage = new ScriptStage()
  const one = await joined(stage, { record: true })
  const two = await joined(stage)
  await joined(stage)
  assert.ok(one.stream().now('record'))
  one.leg.ends()
  await settled()
  assert.ok(two.stream().now('record'))
  const rows = stage.told('recordings.create').map(({ row }) => [row.source, row.conference_id])
  const { id } = stage.told('conferences.open')[0].row
  assert.deepEqual(rows, [
    ['conference', id],
    ['conference', id],
  ])
  assert.equal(stage.told('recordings.end').length, 1)
})

test('whose media is with another worker is brought to where the conference is', async () => {
  const stage = new ScriptStage()
  await joined(stage)
  const far = await joined(stage, {}, {}, new FakePlace(1))
  assert.ok(far.leg.done.includes('moveTo 0'))
  assert.ok(far.stream().mix)
  assert.equal(far.call.place.worker, 0, 'and whom it dials later is there too')
})

test('a request that replaces the script takes its call out of the conference', async () => {
  const stage = new ScriptStage()
  await joined(stage)
  const two = await joined(stage)
  stage.pages['other'] = [wait]
  stage.run(two.call, 'other')
  await settled()
  assert.deepEqual([two.stream().mix, two.call.over], [undefined, false])
})
