// Holding numbers of the stock for an account: until a moment, or until they are bought or let go. The hold is the numbers
// that carry its id; what is over holds nothing and is never cleaned up.

import { happened, type Actor } from './happenings.ts'
import { bind, statement } from './statement.ts'
import { defineWrite, type Reader } from './store.ts'
import type { NumberRow } from './numbers.ts'

const ofHold = statement<{ account: number; id: number; now: number }, NumberRow>((db) =>
  db
    .selectFrom('numbers')
    .selectAll()
    .where('reservation_id', '=', bind('id'))
    .where('reserved_by', '=', bind('account'))
    .where('reserved_until_ms', '>', bind('now'))
    .where('account_id', 'is', null)
    .orderBy('id'),
)

/** The numbers of a hold that is not over; none for an unknown one or another account's. */
export const numbersHeld = (reader: Pick<Reader, 'all'>, account: number, id: number, now: number) =>
  reader.all(ofHold, { account, id, now })

const hold = statement<{ id: number; reservation: number; account: number; until: number; now: number }>((db) =>
  db
    .updateTable('numbers')
    .set({ reservation_id: bind('reservation'), reserved_by: bind('account'), reserved_until_ms: bind('until') })
    .where('id', '=', bind('id'))
    .where('account_id', 'is', null)
    .where('status', '=', 'active')
    .where((where) => where.or([where('reserved_until_ms', 'is', null), where('reserved_until_ms', '<=', bind('now'))])),
)

const letGo = statement<{ account: number; id: number; now: number }>((db) =>
  db
    .updateTable('numbers')
    .set({ reservation_id: null, reserved_by: null, reserved_until_ms: null })
    .where('reservation_id', '=', bind('id'))
    .where('reserved_by', '=', bind('account'))
    .where('reserved_until_ms', '>', bind('now'))
    .where('account_id', 'is', null),
)

const countHad = statement<{ account: number; now: number }, { n: number }>((db) =>
  db
    .selectFrom('numbers')
    .select((select) => select.fn.countAll<number>().as('n'))
    .where((where) =>
      where.or([
        where('account_id', '=', bind('account')),
        where.and([
          where('reserved_by', '=', bind('account')),
          where('account_id', 'is', null),
          where('reserved_until_ms', '>', bind('now')),
        ]),
      ]),
    ),
)

export interface Hold {
  readonly reservation: number
  /** Candidates in the order of choice; as many as `quantity` are held. */
  readonly ids: readonly number[]
  readonly quantity: number
  readonly partial: boolean
  readonly account: number
  /** How many the account may own and hold together. */
  readonly limit: number
  readonly until: number
  readonly actor: Actor
  readonly now: number
}

/** The race for a number is decided here, as it is when one is bought. */
export const holdNumbers = defineWrite(
  'numbers.hold',
  async (tx, input: Hold): Promise<{ refused: 'quota' | null; rows: NumberRow[] }> => {
    const { reservation, account, limit, until, actor, now } = input
    const had = await tx.one(countHad, { account, now })
    if (Number(had?.n ?? 0) + input.quantity > limit) return { refused: 'quota', rows: [] }
    let held = 0
    for (const id of input.ids) {
      if (held === input.quantity) break
      held += await tx.run(hold, { id, reservation, account, until, now })
    }
    if (held < input.quantity && !input.partial) {
      await tx.run(letGo, { account, id: reservation, now })
      return { refused: null, rows: [] }
    }
    const rows = await tx.all(ofHold, { account, id: reservation, now })
    if (rows.length > 0)
      await happened(tx, {
        accountId: account,
        noun: 'number_reservations',
        nounId: reservation,
        kind: 'created',
        actor,
        data: { numbers: rows.map(({ number }) => number), untilMs: until },
        atMs: now,
      })
    return { refused: null, rows }
  },
)

/** False for a hold that is over, unknown or another account's. */
export const letNumbersGo = defineWrite(
  'numbers.letGo',
  async (tx, input: { id: number; account: number; actor: Actor; now: number }): Promise<{ ended: boolean }> => {
    const { id, account, actor, now } = input
    if ((await tx.run(letGo, { account, id, now })) === 0) return { ended: false }
    await happened(tx, { accountId: account, noun: 'number_reservations', nounId: id, kind: 'ended', actor, data: {}, atMs: now })
    return { ended: true }
  },
)
