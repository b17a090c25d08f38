// What the store says at the end, read from its tables by SQL of its own: nothing of the program under test is asked.

import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import pg from 'pg'

export interface MessageRecord {
  readonly to: string
  readonly state: string
  readonly isEnded: boolean
  readonly perhapsTwice: boolean
  readonly attempts: number
}

export interface Books {
  readonly messages: readonly MessageRecord[]
  /** What senders are said to have queued: nothing, at the end. */
  readonly queued: number
  /** What is held of anybody's credit: nothing, at the end. */
  readonly heldMicro: number
  /** What was charged for messages, and what the sent ones cost. */
  readonly chargedMicro: number
  readonly pricesMicro: number
  /** Receipts whose message is not known. */
  readonly parked: number
  /** Ids of the network that lead to a message. */
  readonly segments: number
}

type Ask = (sql: string) => Promise<Record<string, any>[]>

async function readWith(ask: Ask): Promise<Books> {
  const number = async (sql: string): Promise<number> => Number((await ask(sql))[0]!['n'])
  const rows = await ask(`select recipient, state, ended_ms, detail, attempts from messages where direction = 'out'`)
  return {
    messages: rows.map((row) => ({
      to: row['recipient'],
      state: row['state'],
      isEnded: row['ended_ms'] !== null,
      perhapsTwice: JSON.parse(row['detail']).perhapsTwice === true,
      attempts: Number(row['attempts']),
    })),
    queued: await number('select coalesce(sum(abs(queued)), 0) as n from sender_queues'),
    heldMicro: await number('select coalesce(sum(abs(held_micro)), 0) as n from balances'),
    chargedMicro: await number(
      `select coalesce(sum(amount_micro), 0) as n from transfers where kind = 'charge' and noun = 'messages'`,
    ),
    pricesMicro: await number(
      `select coalesce(sum(price_micro), 0) as n from messages where sent_ms is not null and payer_id is not null`,
    ),
    parked: await number('select count(*) as n from parked_receipts'),
    segments: await number('select count(*) as n from message_segments'),
  }
}

/** Of a program that has ended. `database` is a URL; without one it is SQLite. */
export async function readBooks(data: string, database?: string): Promise<Books> {
  if (database === undefined) {
    const db = new DatabaseSync(join(data, 'offhook.db'))
    const books = await readWith((sql) => Promise.resolve(db.prepare(sql).all()))
    db.close()
    return books
  }
  const client = new pg.Client({ connectionString: database })
  await client.connect()
  const books = await readWith(async (sql) => (await client.query(sql)).rows)
  await client.end()
  return books
}
