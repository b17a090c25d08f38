import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ReservationRow } from '#store/conference-reservations.ts'
import type { Store } from '#store/store.ts'
import { page, ScriptStage, settled } from '../../test/fakes/script-stage.ts'
import type { JoinConference, Verb } from './verbs/verb.ts'

const minuteMs = 60_000
const wait: Verb = { verb: 'pause', ms: 36_000_000 }
const join: JoinConference = {
  verb: 'conference',
  name: 'board',
  muted: false,
  startOnEnter: true,
  endOnExit: false,
  beep: false,
  most: 40,
  mostMs: 10 * minuteMs,
  then: page('next'),
}

/** A stage where one conference is reserved: from so many minutes after now, for so many. */
function reservedStage(startsIn: number, minutes: number, participants = 3) {
  const stage = new ScriptStage({}, {
    write: async (write: { name: string }, input: any) =>
      write.name === 'conferences.open' ? { row: input.row, isNew: true } : input.row ? { row: input.row } : true,
    // By its name, and later by its id.
    one: (_: unknown, { since }: { since?: number }) => (since === undefined || reserved.ends_ms > since ? reserved : undefined),
  } as unknown as Store)
  const starts_ms = stage.clock.nowMs() + startsIn * minuteMs
  const reserved = {
    id: 7,
    account_id: 1,
    name: 'board',
    state: 'reserved',
    participants,
    divert: '',
    starts_ms,
  } as ReservationRow
  reserved.ends_ms = starts_ms + minutes * minuteMs
  const enters = async () => {
    stage.pages = { join: [join, wait], next: [wait] }
    const { call, leg } = stage.incoming('+1', stage.place)
    stage.run(call, 'join')
    await settled()
    return { call, leg }
  }
  const failures = () => stage.troubles.map(({ refusal }) => refusal.reason)
  return { stage, reserved, enters, failures }
}

test('before its time nobody is let in, and for a while after it', async () => {
  const early = reservedStage(10, 60)
  await early.enters()
  assert.deepEqual([early.failures(), early.stage.conferences.size], [['conference.not_running'], 0])
  const late = reservedStage(-64, 60)
  await late.enters()
  assert.deepEqual(late.failures(), ['conference.finished'])
  const after = reservedStage(-66, 60)
  await after.enters()
  assert.deepEqual([after.failures(), after.stage.conferences.size], [[], 1], 'an ordinary conference again')
})

test('as many as were reserved are let in, whatever the script would let in', async () => {
  const { stage, enters, failures } = reservedStage(0, 60, 2)
  await enters()
  await enters()
  assert.deepEqual(failures(), [])
  await enters()
  assert.deepEqual([failures(), stage.conferences.size], [['conference.full'], 1])
})

test('it ends with its reservation and not at the longest time of its script, and later where that was extended', async () => {
  const { stage, reserved, enters } = reservedStage(0, 60)
  const one = await enters()
  const two = await enters()
  stage.clock.advance(30 * minuteMs)
  await settled()
  assert.equal(one.call.over, false)
  reserved.ends_ms += 20 * minuteMs
  stage.clock.advance(31 * minuteMs)
  await settled()
  assert.equal(one.call.over, false)
  stage.clock.advance(20 * minuteMs)
  await settled()
  assert.deepEqual([one.call.over, two.call.over, stage.conferences.size], [true, true, 0])
})
