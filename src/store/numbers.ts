// Numbers: one row a number, in stock (no account) or owned by one account, with at most one application.

import { sql } from 'kysely'
import { count } from './counters.ts'
import { happened, type Actor } from './happenings.ts'
import { countOf, equal, isLike, isNull, like, listOf } from './list.ts'
import { bind, statement } from './statement.ts'
import { defineWrite, type Reader } from './store.ts'
import type { Row } from './schema.ts'

export type NumberRow = Row<'numbers'>

const byId = statement<{ account: number; id: number }, NumberRow>((db) =>
  db.selectFrom('numbers').selectAll().where('id', '=', bind('id')).where('account_id', '=', bind('account')),
)
const byNumber = statement<{ number: string }, NumberRow>((db) =>
  db.selectFrom('numbers').selectAll().where('number', '=', bind('number')).where('form', 'in', ['e164', 'short']),
)

export const readNumber = (reader: Pick<Reader, 'one'>, account: number, id: number) => reader.one(byId, { account, id })
/** Whoever owns it, also nobody: for E.164 numbers and short codes, which are unique. */
export const readNumberByNumber = (reader: Pick<Reader, 'one'>, number: string) => reader.one(byNumber, { number })

const texts = statement<{ limit: number }, { number: string }>((db) =>
  db.selectFrom('numbers').select('number').where('form', 'in', ['e164', 'short']).limit(bind('limit')),
)

/** The text of every E.164 number and short code, whosever it is. */
export const allNumberTexts = async (reader: Reader, limit: number): Promise<string[]> =>
  (await reader.all(texts, { limit })).map(({ number }) => number)

/** What people are shown: the name, or the number itself where there is none. */
const shownName = sql<string>`case when name = '' then number else name end`

const filters = {
  shownName: (query: any, bound: any) => query.where(isLike(shownName, bound)),
  country: equal('country'),
  type: equal('type'),
  state: equal('state'),
  region: equal('region'),
  number: like('number'),
  name: like('name'),
  form: equal('form'),
  price: equal('price_micro'),
  application: equal('application_id'),
  detail: like('detail'),
}

/** An account's numbers, newest first. */
export const listNumbers = listOf('numbers', 'account_id', filters, 'id', { number: sql.ref('number'), name: shownName })
export const countNumbers = countOf('numbers', 'account_id', filters)

/** Numbers in stock. `heldAt` leaves those that nobody holds at that moment, `reservation` those that one hold has. */
export const listStock = listOf('numbers', 'account_id', {
  ...filters,
  free: isNull('account_id'),
  status: equal('status'),
  heldAt: (query, bound) =>
    query.where((where: any) => where.or([where('reserved_until_ms', 'is', null), where('reserved_until_ms', '<=', bound)])),
  reservation: equal('reservation_id'),
})

/** How a number's life begins: in use or for sale, for no term, held by nobody. */
export const freshNumber = {
  status: 'active',
  expires_ms: null,
  reservation_id: null,
  reserved_by: null,
  reserved_until_ms: null,
  address_id: null,
} as const

const insertNumber = statement<NumberRow>((db) =>
  db
    .insertInto('numbers')
    .values({
      id: bind('id'),
      account_id: bind('account_id'),
      number: bind('number'),
      form: bind('form'),
      country: bind('country'),
      type: bind('type'),
      state: bind('state'),
      region: bind('region'),
      capabilities: bind('capabilities'),
      application_id: bind('application_id'),
      face: bind('face'),
      name: bind('name'),
      detail: bind('detail'),
      price_micro: bind('price_micro'),
      currency: bind('currency'),
      bought_ms: bind('bought_ms'),
      updated_ms: bind('updated_ms'),
      version: bind('version'),
      status: bind('status'),
    })
    .onConflict((conflict) => conflict.doNothing()),
)

/** Adds numbers to the stock; those known already are left alone. */
export const stockNumbers = defineWrite(
  'numbers.stock',
  async (tx, input: { rows: NumberRow[]; actor: Actor; accountId: number; now: number }) => {
    let added = 0
    for (const row of input.rows) added += await tx.run(insertNumber, row)
    if (added > 0)
      await happened(tx, {
        accountId: input.accountId,
        noun: 'numbers',
        nounId: input.rows[0]!.id,
        kind: 'stocked',
        actor: input.actor,
        data: { added },
        atMs: input.now,
      })
    return { added }
  },
)

const heldInRealm = statement<{ number: string; realm: string }, { id: number }>((db) =>
  db
    .selectFrom('numbers')
    .innerJoin('accounts', 'accounts.id', 'numbers.account_id')
    .select('numbers.id')
    .where('numbers.number', '=', bind('number'))
    .where('numbers.form', '!=', 'e164')
    .where('accounts.path', 'like', bind('realm')),
)

/**
 * Adds a number that no stock holds: a short code, a SIP number or a pattern. The last two are unique among the accounts whose path is like `realm`;
 * others may have the same.
 */
export const addNumber = defineWrite(
  'numbers.add',
  async (
    tx,
    input: { row: NumberRow; realm: string; actor: Actor },
  ): Promise<{ taken: true } | { taken: false; row: NumberRow }> => {
    const { row, realm, actor } = input
    if (await tx.one(heldInRealm, { number: row.number, realm })) return { taken: true }
    if ((await tx.run(insertNumber, row)) === 0) return { taken: true }
    await count(tx, row.account_id!, 'numbers', 1)
    await happened(tx, {
      accountId: row.account_id!,
      noun: 'numbers',
      nounId: row.id,
      kind: 'bought',
      actor,
      data: { number: row.number },
      atMs: row.updated_ms,
    })
    return { taken: false, row }
  },
)

/** What a number does, in one statement. */
export const changeNumber = statement<{
  id: number
  account: number
  application_id: number | null
  face: string
  name: string
  detail: string
  now: number
}>((db) =>
  db
    .updateTable('numbers')
    .set((set) => ({
      application_id: bind('application_id'),
      face: bind('face'),
      name: bind('name'),
      detail: bind('detail'),
      updated_ms: bind('now'),
      version: set('version', '+', 1),
    }))
    .where('id', '=', bind('id'))
    .where('account_id', '=', bind('account')),
)

export const updateNumber = defineWrite(
  'numbers.update',
  async (
    tx,
    input: {
      id: number
      account: number
      application_id: number | null
      face: string
      name: string
      detail: string
      changed: string[]
      actor: Actor
      now: number
    },
  ): Promise<NumberRow | null> => {
    const { changed, actor, ...row } = input
    if ((await tx.run(changeNumber, row)) === 0) return null
    await happened(tx, {
      accountId: row.account,
      noun: 'numbers',
      nounId: row.id,
      kind: 'updated',
      actor,
      data: { changed },
      atMs: row.now,
    })
    return (await tx.one(byId, { account: row.account, id: row.id })) ?? null
  },
)

const releaseOne = statement<{ id: number; account: number; now: number }>((db) =>
  db
    .updateTable('numbers')
    .set((set) => ({
      account_id: null,
      application_id: null,
      face: '',
      name: '',
      detail: '{}',
      bought_ms: null,
      // What the operator blocked is not for sale either.
      status: set.case().when('status', '=', 'blocked').then('blocked').else('active').end(),
      expires_ms: null,
      address_id: null,
      updated_ms: bind('now'),
    }))
    .where('id', '=', bind('id'))
    .where('account_id', '=', bind('account'))
    .where('form', '=', 'e164'),
)
const dropOne = statement<{ id: number; account: number }>((db) =>
  db.deleteFrom('numbers').where('id', '=', bind('id')).where('account_id', '=', bind('account')).where('form', '!=', 'e164'),
)

const unlink = statement<{ number: number }>((db) =>
  db.updateTable('group_clients').set({ number_id: null }).where('number_id', '=', bind('number')),
)

/** An E.164 number goes back to stock; a SIP number or pattern ends. `unsubscribedOnly` keeps one that has a service. */
export const releaseNumber = defineWrite(
  'numbers.release',
  async (
    tx,
    input: { id: number; account: number; unsubscribedOnly?: boolean; actor: Actor; now: number },
  ): Promise<{ released: boolean; service: string | null }> => {
    const { id, account, actor, now } = input
    if (input.unsubscribedOnly) {
      const row = await tx.one(byId, { account, id })
      const [service] = row ? servicesOf(row) : []
      if (service !== undefined) return { released: false, service }
    }
    const gone = (await tx.run(releaseOne, { id, account, now })) + (await tx.run(dropOne, { id, account }))
    if (gone > 0) {
      await tx.run(unlink, { number: id })
      await count(tx, account, 'numbers', -1)
      await happened(tx, { accountId: account, noun: 'numbers', nounId: id, kind: 'released', actor, data: {}, atMs: now })
    }
    return { released: gone > 0, service: null }
  },
)

export const servicesOf = (row: NumberRow): string[] => (JSON.parse(row.detail) as { services?: string[] }).services ?? []
