// What one node asks of another, by rows: addressed, taken once, answered. Whoever asked and waits no longer withdraws its command, and
// one that was withdrawn is never taken: between the two stands a condition on the row. Used where nodes share a store, on PostgreSQL.
//
//   asked --> taken --> done
//     '-----> withdrawn

import { sql } from 'kysely'
import { isNodeAlive, livingNodes } from './leases.ts'
import { bind, statement } from './statement.ts'
import { defineWrite, type Reader } from './store.ts'
import type { Row } from './schema.ts'

export type NodeCommandRow = Row<'node_commands'>

/** What `onChange` hears when there is something to be done on a node, or an answer for it. */
export const commandsNoun = (node: string): string => `commands ${node}`
export const answersNoun = (node: string): string => `answers ${node}`

export interface CommandAsk {
  readonly id: number
  readonly node: string
  readonly asker: string
  readonly sealed: string
  readonly now: number
  readonly deadlineMs: number
}

const insert = statement<CommandAsk>((db) =>
  db.insertInto('node_commands').values({
    id: bind('id'),
    node: bind('node'),
    asker: bind('asker'),
    state: 'asked',
    ask_sealed: bind('sealed'),
    answer_sealed: null,
    created_ms: bind('now'),
    deadline_ms: bind('deadlineMs'),
  }),
)

/** False where the node is dead, and nobody would do it. */
export const askNode = defineWrite('nodeCommands.ask', async (tx, ask: CommandAsk): Promise<boolean> => {
  if (!(await isNodeAlive(tx, ask.node, ask.now))) return false
  await tx.run(insert, ask)
  tx.touched(commandsNoun(ask.node))
  return true
})

const waiting = statement<{ node: string; now: number }, { id: number }>((db) =>
  db
    .selectFrom('node_commands')
    .select('id')
    .where('node', '=', bind('node'))
    .where('state', '=', 'asked')
    .where('deadline_ms', '>', bind('now'))
    .limit(1),
)
/** Whether there is something to be taken: the look that is taken in case nobody told of it. */
export const hasCommands = async (reader: Pick<Reader, 'one'>, node: string, now: number): Promise<boolean> =>
  (await reader.one(waiting, { node, now })) !== undefined

const take = statement<{ node: string; now: number }, NodeCommandRow>((db) =>
  db
    .updateTable('node_commands')
    .set({ state: 'taken' })
    .where('node', '=', bind('node'))
    .where('state', '=', 'asked')
    .where('deadline_ms', '>', bind('now'))
    .returningAll(),
)

/** All that waits for this node and may still be begun, each given once. A node that was taken for dead is given nothing. */
export const takeCommands = defineWrite(
  'nodeCommands.take',
  async (tx, { node, now }: { readonly node: string; readonly now: number }): Promise<NodeCommandRow[]> => {
    if (!(await isNodeAlive(tx, node, now))) return []
    const taken = await tx.all(take, { node, now })
    return taken.toSorted((a, b) => a.id - b.id)
  },
)

const answer = statement<{ id: number; sealed: string }>((db) =>
  db
    .updateTable('node_commands')
    .set({ state: 'done', answer_sealed: bind('sealed') })
    .where('id', '=', bind('id'))
    .where('state', '=', 'taken'),
)

export const answerCommand = defineWrite(
  'nodeCommands.answer',
  async (tx, { id, asker, sealed }: { readonly id: number; readonly asker: string; readonly sealed: string }): Promise<void> => {
    if ((await tx.run(answer, { id, sealed })) > 0) tx.touched(answersNoun(asker))
  },
)

const withdraw = statement<{ id: number }>((db) =>
  db.updateTable('node_commands').set({ state: 'withdrawn' }).where('id', '=', bind('id')).where('state', '=', 'asked'),
)

/** True: nobody had begun it, and nobody will. */
export const withdrawCommand = defineWrite(
  'nodeCommands.withdraw',
  async (tx, { id }: { readonly id: number }): Promise<boolean> => (await tx.run(withdraw, { id })) > 0,
)

const byId = statement<{ id: number; now: number }, NodeCommandRow & { alive: boolean }>((db) =>
  db
    .selectFrom('node_commands')
    .selectAll()
    .select(sql<boolean>`node_commands.node in ${livingNodes}`.as('alive'))
    .where('id', '=', bind('id')),
)
/** With whether the node that is to do it lives. */
export const readCommand = (reader: Pick<Reader, 'one'>, id: number, now: number) => reader.one(byId, { id, now })

const purge = statement<{ before: number; limit: number }>((db) =>
  db
    .deleteFrom('node_commands')
    .where('id', 'in', (from) =>
      from.selectFrom('node_commands').select('id').where('created_ms', '<', bind('before')).limit(bind('limit')),
    ),
)

/** Deletes at most `limit` that were asked before `beforeMs`; gives how many. */
export const purgeCommands = defineWrite(
  'nodeCommands.purge',
  async (tx, { beforeMs, limit }: { beforeMs: number; limit: number }): Promise<number> =>
    await tx.run(purge, { before: beforeMs, limit }),
)
