// Where each node that shares the store takes SIP from its fellows, beside its presence: an address counts for as long as its node lives.

import { sql } from 'kysely'
import { livingNodes } from './leases.ts'
import { bind, statement } from './statement.ts'
import { defineWrite, type Reader } from './store.ts'

const isAlive = sql<boolean>`node in ${livingNodes}`

const put = statement<{ node: string; sip: string }>((db) =>
  db
    .insertInto('node_addresses')
    .values({ node: bind('node'), sip: bind('sip') })
    .onConflict((conflict) => conflict.column('node').doUpdateSet({ sip: bind('sip') })),
)
const dropDead = statement<{ now: number }>((db) => db.deleteFrom('node_addresses').where(sql<boolean>`not (${isAlive})`))

/** Those of nodes that are no more go with it. */
export const tellNodeAddress = defineWrite(
  'nodeAddresses.tell',
  async (tx, { node, sip, now }: { readonly node: string; readonly sip: string; readonly now: number }): Promise<void> => {
    await tx.run(dropDead, { now })
    await tx.run(put, { node, sip })
  },
)

const drop = statement<{ node: string }>((db) => db.deleteFrom('node_addresses').where('node', '=', bind('node')))
export const forgetNodeAddress = defineWrite(
  'nodeAddresses.forget',
  async (tx, { node }: { readonly node: string }): Promise<void> => void (await tx.run(drop, { node })),
)

const one = statement<{ node: string; now: number }, { sip: string }>((db) =>
  db.selectFrom('node_addresses').select('sip').where('node', '=', bind('node')).where(isAlive),
)
/** `host:port`, TCP; undefined where it told none, or is dead. */
export const sipOfNode = async (reader: Pick<Reader, 'one'>, node: string, now: number): Promise<string | undefined> =>
  (await reader.one(one, { node, now }))?.sip

const at = statement<{ sip: string; now: number }, { node: string }>((db) =>
  db.selectFrom('node_addresses').select('node').where('sip', '=', bind('sip')).where(isAlive).limit(1),
)
/** Whether a node that lives told this address. */
export const isNodeAt = async (reader: Pick<Reader, 'one'>, sip: string, now: number): Promise<boolean> =>
  (await reader.one(at, { sip, now })) !== undefined
