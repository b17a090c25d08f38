// Two parties who call each other over one number of the account, and neither sees the other's: who reaches whom by it, and until when. Whether
// a number is free for both is decided inside the write. One whose time is over is closed by whoever needs its place.

import { dropHappenings, happened, type Actor } from './happenings.ts'
import { isNull, listOf } from './list.ts'
import { lockKey } from './lock-key.ts'
import { purgeWithLog } from './purge-with-log.ts'
import { bind, statement } from './statement.ts'
import { defineWrite, type Reader, type Transaction } from './store.ts'
import type { Row } from './schema.ts'

export type MaskingRow = Row<'maskings'>

const byId = statement<{ account: number; id: number }, MaskingRow>((db) =>
  db.selectFrom('maskings').selectAll().where('id', '=', bind('id')).where('account_id', '=', bind('account')),
)
export const readMasking = (reader: Pick<Reader, 'one'>, account: number, id: number) => reader.one(byId, { account, id })

export const listMaskings = listOf('maskings', 'account_id', { standing: isNull('ended_ms') })

const openOn = statement<{ number: number }, MaskingRow>((db) =>
  db.selectFrom('maskings').selectAll().where('number_id', '=', bind('number')).where('ended_ms', 'is', null).orderBy('id'),
)

export const isOver = ({ ended_ms: ended, expires_ms: expires }: MaskingRow, nowMs: number): boolean =>
  ended !== null || (expires !== null && expires <= nowMs)

/** The open one by which this party reaches the other over the number. */
export async function maskingOf(
  reader: Pick<Reader, 'all'>,
  { account, number, party, nowMs }: { account: number; number: number; party: string; nowMs: number },
): Promise<MaskingRow | undefined> {
  const rows = await reader.all(openOn, { number })
  return rows.find((row) => row.account_id === account && binds(row, party) && !isOver(row, nowMs))
}

const binds = ({ party_a: a, party_b: b }: MaskingRow, party: string): boolean => a === party || b === party

export const otherParty = ({ party_a: a, party_b: b }: MaskingRow, party: string): string => (a === party ? b : a)

const told = (tx: Transaction, row: MaskingRow, kind: string, actor: Actor, atMs: number, data: object = {}) =>
  happened(tx, { accountId: row.account_id, noun: 'maskings', nounId: row.id, kind, actor, data, atMs })

const insert = statement<MaskingRow>((db) =>
  db.insertInto('maskings').values({
    id: bind('id'),
    account_id: bind('account_id'),
    face: bind('face'),
    number_id: bind('number_id'),
    number: bind('number'),
    party_a: bind('party_a'),
    party_b: bind('party_b'),
    record: bind('record'),
    callback: bind('callback'),
    client_ref: bind('client_ref'),
    expires_ms: bind('expires_ms'),
    ended_ms: bind('ended_ms'),
    created_ms: bind('created_ms'),
    updated_ms: bind('updated_ms'),
  }),
)
const close = statement<{ id: number; ended: number; now: number }>((db) =>
  db
    .updateTable('maskings')
    .set({ ended_ms: bind('ended'), updated_ms: bind('now') })
    .where('id', '=', bind('id'))
    .where('ended_ms', 'is', null),
)

/** Those of a number that are open, once those whose time is over are closed. Nobody else binds anybody to it until the write has ended. */
async function openNow(tx: Transaction, number: number, now: number): Promise<MaskingRow[]> {
  await lockKey(tx, `masking ${number}`)
  const open: MaskingRow[] = []
  for (const row of await tx.all(openOn, { number })) {
    if (!isOver(row, now)) {
      open.push(row)
      continue
    }
    await tx.run(close, { id: row.id, ended: row.expires_ms!, now })
    await told(tx, row, 'expired', { face: row.face }, row.expires_ms!)
  }
  return open
}

export interface NewMasking {
  readonly row: MaskingRow
  /** The first of these over which neither party is bound yet is taken. */
  readonly numbers: readonly { readonly id: number; readonly number: string }[]
  /** The one that was asked for by name; null: any would do. Given back. */
  readonly asked: string | null
  readonly actor: Actor
}

export type MaskingMade = Pick<NewMasking, 'asked'> & { readonly row: MaskingRow | null }

/** `row` is null where each of the numbers binds one of the parties already. */
export const createMasking = defineWrite('maskings.create', async (tx, input: NewMasking): Promise<MaskingMade> => {
  const { numbers, asked, actor } = input
  const { party_a: a, party_b: b, created_ms: now } = input.row
  for (const { id, number } of numbers) {
    const open = await openNow(tx, id, now)
    if (open.some((one) => binds(one, a) || binds(one, b))) continue
    const row = { ...input.row, number_id: id, number }
    await tx.run(insert, row)
    await told(tx, row, 'created', actor, now, { number })
    return { row, asked }
  }
  return { row: null, asked }
})

interface MaskingAsk {
  readonly id: number
  readonly account: number
  readonly actor: Actor
  readonly now: number
}

/** Of what was asked for; `row` is null for what the account never had, `over` is true for what has ended. */
export interface MaskingDone {
  readonly row: MaskingRow | null
  readonly over: boolean
}

const change = statement<Pick<MaskingRow, 'id' | 'record' | 'callback' | 'expires_ms'> & { now: number }>((db) =>
  db
    .updateTable('maskings')
    .set({ record: bind('record'), callback: bind('callback'), expires_ms: bind('expires_ms'), updated_ms: bind('now') })
    .where('id', '=', bind('id'))
    .where('ended_ms', 'is', null),
)

export type MaskingChange = Partial<Pick<MaskingRow, 'record' | 'callback' | 'expires_ms'>>

export const changeMasking = defineWrite(
  'maskings.change',
  async (
    tx,
    { id, account, change: asked, actor, now }: MaskingAsk & { readonly change: MaskingChange },
  ): Promise<MaskingDone> => {
    const before = await tx.one(byId, { account, id })
    if (!before || isOver(before, now)) return { row: before ?? null, over: before !== undefined }
    const row = { ...before, ...asked, updated_ms: now }
    await tx.run(change, { id, record: row.record, callback: row.callback, expires_ms: row.expires_ms, now })
    await told(tx, row, 'updated', actor, now, { expiresMs: row.expires_ms })
    return { row, over: false }
  },
)

export const endMasking = defineWrite(
  'maskings.end',
  async (tx, { id, account, actor, now }: MaskingAsk): Promise<MaskingDone> => {
    const before = await tx.one(byId, { account, id })
    if (!before || isOver(before, now)) return { row: before ?? null, over: before !== undefined }
    await tx.run(close, { id, ended: now, now })
    await told(tx, before, 'ended', actor, now)
    return { row: { ...before, ended_ms: now, updated_ms: now }, over: false }
  },
)

/** How many are open on a number: what it serves cannot be taken from it meanwhile. */
export const openMaskings = async (tx: Transaction, number: number, now: number): Promise<number> =>
  (await openNow(tx, number, now)).length

const old = statement<{ before: number; limit: number }, { id: number }>((db) =>
  db
    .selectFrom('maskings')
    .select('id')
    .where((eb) => eb.or([eb('ended_ms', '<', bind('before')), eb('expires_ms', '<', bind('before'))]))
    .limit(bind('limit')),
)

/** Those that were over before that moment. */
export const purgeMaskings = purgeWithLog('maskings', old)

const persons = statement<{ account: number; after: number; person: string; limit: number }, MaskingRow>((db) =>
  db
    .selectFrom('maskings')
    .selectAll()
    .where('account_id', '=', bind('account'))
    .where('id', '>', bind('after'))
    .where((eb) => eb.or([eb('party_a', '=', bind('person')), eb('party_b', '=', bind('person'))]))
    .orderBy('id')
    .limit(bind('limit')),
)
const personsAtOnce = 200

/** Of which somebody is a party, by telephone number. */
export async function personsMaskings(reader: Pick<Reader, 'all'>, account: number, person: string, after: number) {
  const rows = await reader.all(persons, { account, after, person, limit: personsAtOnce })
  return { rows, next: rows.length < personsAtOnce ? null : rows.at(-1)!.id }
}

const drop = statement<{ id: number }>((db) => db.deleteFrom('maskings').where('id', '=', bind('id')))

/** An arrangement that somebody's number is taken out of binds nobody any more: it goes, with its part of the log. */
export const eraseMaskings = defineWrite(
  'privacy.maskings',
  async (tx, { account, ids }: { readonly account: number; readonly ids: readonly number[] }): Promise<number> => {
    let erased = 0
    for (const id of ids) {
      if (!(await tx.one(byId, { account, id }))) continue
      erased += await tx.run(drop, { id })
      await dropHappenings(tx, 'maskings', id)
    }
    return erased
  },
)
