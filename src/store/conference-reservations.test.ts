import assert from 'node:assert/strict'
import { before, test } from 'node:test'
import { onBothEngines } from '../../test/both-engines.ts'
import {
  cancelReservation,
  changeReservation,
  endReservation,
  listReservations,
  purgeReservations,
  readReservation,
  reservationOfName,
  reserveConference,
  settleReservations,
  type ReservationRow,
} from './conference-reservations.ts'
import { happeningsOf } from './happenings.ts'
import type { Store } from './store.ts'

const actor = { face: 'test' }
const account = 1
const now = 1_700_000_000_000
const minuteMs = 60_000
const bounds = { noticeMs: 5 * minuteMs, leastMs: minuteMs, mostMs: 480 * minuteMs }
const asBefore = { endsMs: null, participants: null, divert: null, ...bounds }

onBothEngines('reservations of conferences', (bench) => {
  let store: Store
  let lastId = 100
  before(async () => {
    store = await bench.open()
  })

  const row = (name: string, startsIn: number, minutes: number): ReservationRow => ({
    id: (lastId += 1),
    account_id: account,
    face: 'test',
    name,
    state: 'reserved',
    participants: 10,
    divert: '',
    starts_ms: now + startsIn * minuteMs,
    ends_ms: now + (startsIn + minutes) * minuteMs,
    ended_ms: null,
    created_ms: now,
    updated_ms: now,
  })
  const reserved = async (name: string, startsIn: number, minutes: number): Promise<number> => {
    const made = await store.write(reserveConference, { row: row(name, startsIn, minutes), actor })
    assert.equal(made.taken, false)
    return made.row.id
  }
  const at = (minutes: number, id: number) => ({ id, account, actor, now: now + minutes * minuteMs })

  test('of many who reserve a name at once one has it; it is free once that one is over', async () => {
    const wishes = Array.from({ length: 8 }, () => store.write(reserveConference, { row: row('race', 10, 60), actor }))
    const done = await Promise.all(wishes)
    assert.equal(done.filter(({ taken }) => !taken).length, 1)
    const later: ReservationRow = { ...row('race', 80, 60), created_ms: now + 70 * minuteMs }
    assert.equal((await store.write(reserveConference, { row: later, actor })).taken, false)
    const other = { ...row('race', 10, 60), account_id: 2 }
    assert.equal((await store.write(reserveConference, { row: other, actor })).taken, false, 'names are of an account')
  })

  test('a change is judged by what it is at that moment', async () => {
    const id = await reserved('changed', 10, 60)
    const end = (minutes: number) => now + minutes * minuteMs
    const change = (when: number, more: object) => store.write(changeReservation, { ...at(when, id), ...asBefore, ...more })
    assert.equal((await change(0, { endsMs: end(490) })).refused, null, 'eight hours from its start')
    assert.equal((await change(0, { endsMs: end(491) })).refused, 'too_long')
    assert.equal((await change(0, { endsMs: end(10) })).refused, 'too_short')
    assert.equal((await change(20, { endsMs: end(19) })).refused, 'ends_past')
    assert.equal((await change(486, { endsMs: end(488) })).refused, 'ends_soon')
    assert.equal(
      (await change(486, { participants: 20, divert: 'Lobby' })).refused,
      null,
      'only its end cannot be moved any more',
    )
    assert.equal((await change(490, { participants: 30 })).refused, 'completed')
    assert.equal((await store.write(changeReservation, { ...at(0, id), ...asBefore, account: 2 })).refused, 'gone')
    const kept = (await readReservation(store, account, id))!
    assert.deepEqual([kept.ends_ms, kept.participants, kept.divert], [end(490), 20, 'Lobby'])
  })

  test('it is cancelled in time and never twice; one that runs is ended', async () => {
    const id = await reserved('cancelled', 10, 60)
    assert.equal((await store.write(cancelReservation, { ...at(6, id), noticeMs: bounds.noticeMs })).refused, 'starts_soon')
    assert.equal((await store.write(cancelReservation, { ...at(11, id), noticeMs: bounds.noticeMs })).refused, 'started')
    assert.equal((await store.write(endReservation, at(9, id))).refused, 'not_started')
    assert.equal((await store.write(cancelReservation, { ...at(5, id), noticeMs: bounds.noticeMs })).refused, null)
    assert.equal((await store.write(cancelReservation, { ...at(5, id), noticeMs: bounds.noticeMs })).refused, 'cancelled')
    assert.equal(await reservationOfName(store, account, 'cancelled', now), undefined)
    const other = await reserved('ended', 0, 60)
    assert.equal((await store.write(endReservation, at(1, other))).refused, null)
    assert.equal((await store.write(endReservation, at(1, other))).refused, 'completed')
    assert.equal((await readReservation(store, account, other))!.ends_ms, now + minuteMs)
  })

  test('each is told once when it begins and once when it is over, though nobody looked in between', async () => {
    const id = await reserved('told', 10, 20)
    const settle = (minutes: number) => store.write(settleReservations, { now: now + minutes * minuteMs, limit: 100 })
    await settle(12)
    assert.equal((await readReservation(store, account, id))!.state, 'running')
    const both = await reserved('told at once', 20, 5)
    await settle(40)
    await settle(41)
    const kinds = async (of: number) => (await happeningsOf(store, 'conference_reservations', of)).map(({ kind }) => kind)
    assert.deepEqual(await kinds(id), ['created', 'started', 'ended'])
    assert.deepEqual(await kinds(both), ['created', 'started', 'ended'])
  })

  test('what was over long ago is gone with its part of the log, and only that', async () => {
    const id = await reserved('old', 0, 1)
    const stays = await reserved('stays', 300, 60)
    await store.write(settleReservations, { now: now + 2 * minuteMs, limit: 100 })
    while ((await store.write(purgeReservations, { beforeMs: now + 100 * minuteMs, limit: 2 })) > 0);
    assert.equal(await readReservation(store, account, id), undefined)
    assert.deepEqual(await happeningsOf(store, 'conference_reservations', id), [])
    const listed = await listReservations(store, { scope: account, limit: 100, where: { name: 'stays' } })
    assert.deepEqual(
      listed.map((one) => one.id),
      [stays],
    )
  })
})
