// What becomes of a message that no carrier's answer moves on: its time comes, it is called back, or a crash left open whether it was sent. What the
// network answers is message-life.ts.

import { errorIdOf } from './message-error-id.ts'
import { happened, type Actor } from './happenings.ts'
import { leaveQueue } from './accept-messages.ts'
import { endMessage, messageById, platformActor, releaseUnsent, type Why } from './message-life.ts'
import { endedNews } from './message-news.ts'
import { bind, statement } from './statement.ts'
import { defineWrite, type Transaction } from './store.ts'
import type { MessageRow } from './messages.ts'

const toQueue = statement<{ id: number; wake: number | null; now: number }>((db) =>
  db
    .updateTable('messages')
    .set({ state: 'queued', due_ms: null, wake_ms: bind('wake'), updated_ms: bind('now') })
    .where('id', '=', bind('id'))
    .where('state', '=', 'scheduled'),
)

/** Ends a row that had not been sent: its queue and its credit are given back. */
async function endUnsent(tx: Transaction, row: MessageRow, state: string, why: Why, actor: Actor, now: number): Promise<boolean> {
  const { id, attempts } = row
  // What was called back as asked is no error.
  const errorId = state === 'canceled' ? null : errorIdOf(id)
  if ((await tx.run(endMessage, { id, from1: 'queued', from2: 'scheduled', state, ...why, attempts, errorId, now })) === 0)
    return false
  await leaveQueue(tx, row.account_id, row.sender, 1)
  await releaseUnsent(tx, row, now)
  await happened(tx, {
    accountId: row.account_id,
    noun: 'messages',
    nounId: id,
    kind: state,
    actor,
    data: { ...why, ...(errorId !== null && { errorId }) },
    atMs: now,
  })
  return true
}

const expired: Why = { reason: 'message.validity_expired', params: null, cause: null }
const unconfirmed: Why = { reason: 'message.delivery_timeout', params: null, cause: null }

export interface Wake {
  /** Candidates, looked at again here. */
  readonly ids: readonly number[]
  /** The carriers that are open here; null: there is no other node. */
  readonly carriers: readonly number[] | null
  readonly now: number
}

/** What is queued for another node's carrier may be on its wire: its end is left to that node for so long. */
const graceMs = 120_000

/**
 * Messages whose time has come: due ones are queued and given back; those past their deadline expire; those without
 * a receipt end unconfirmed. Gives also how many were changed.
 */
export const wakeMessages = defineWrite(
  'messages.wake',
  async (tx, { ids, carriers, now }: Wake): Promise<{ queued: MessageRow[]; changed: number }> => {
    const queued: MessageRow[] = []
    let changed = 0
    for (const id of ids) {
      const row = await tx.one(messageById, { id })
      if (!row || row.wake_ms === null || row.wake_ms > now) continue
      if (row.state === 'sent') changed += await endUnconfirmed(tx, row, now)
      else if (row.deadline_ms !== null && row.deadline_ms <= now) {
        const isElsewhere = row.state === 'queued' && carriers !== null && !carriers.includes(row.carrier_id!)
        if (isElsewhere && row.deadline_ms > now - graceMs) continue
        if (await endUnsent(tx, row, 'expired', expired, platformActor, now)) changed += 1
      } else if (row.state === 'scheduled' && (await tx.run(toQueue, { id, wake: row.deadline_ms, now })) > 0) {
        queued.push({ ...row, state: 'queued', due_ms: null, wake_ms: row.deadline_ms })
        changed += 1
      }
    }
    return { queued, changed }
  },
)

async function endUnconfirmed(tx: Transaction, row: MessageRow, now: number): Promise<number> {
  const { id, attempts, account_id: accountId } = row
  const errorId = errorIdOf(id)
  const ended = await tx.run(endMessage, {
    id,
    from1: 'sent',
    from2: 'sent',
    state: 'unconfirmed',
    ...unconfirmed,
    attempts,
    errorId,
    now,
  })
  if (ended === 0) return 0
  const actor = platformActor
  await happened(tx, {
    accountId,
    noun: 'messages',
    nounId: id,
    kind: 'unconfirmed',
    actor,
    data: { ...unconfirmed, errorId },
    atMs: now,
  })
  return 1
}

export type Canceled = { readonly row: MessageRow } | { readonly state: string } | null

/** Ends one that is not on its way yet; null when there is none, `state` when it is too late. */
export const cancelMessage = defineWrite(
  'messages.cancel',
  async (
    tx,
    input: { readonly account: number; readonly id: number; readonly actor: Actor; readonly now: number },
  ): Promise<Canceled> => {
    const { account, id, actor, now } = input
    const row = await tx.one(messageById, { id })
    if (!row || row.account_id !== account) return null
    const why: Why = { reason: 'message.canceled_by_request', params: null, cause: null }
    if (!(await endUnsent(tx, row, 'canceled', why, actor, now))) return { state: row.state }
    tx.touched(endedNews(id))
    return { row: (await tx.one(messageById, { id }))! }
  },
)

const markUncertain = statement<{ id: number; attempts: number; detail: string; now: number }>((db) =>
  db
    .updateTable('messages')
    .set({ attempts: bind('attempts'), detail: bind('detail'), updated_ms: bind('now') })
    .where('id', '=', bind('id'))
    .where('state', '=', 'queued')
    .where('attempts', '<', bind('attempts')),
)

/** After a crash: these were on their way, and whether the network has them is not known. They are sent again, and say so. */
export const noteUncertain = defineWrite(
  'messages.uncertain',
  async (
    tx,
    { flights, now }: { readonly flights: readonly { readonly id: number; readonly attempt: number }[]; readonly now: number },
  ): Promise<number> => {
    let n = 0
    for (const { id, attempt } of flights) {
      const row = await tx.one(messageById, { id })
      if (!row || row.state !== 'queued' || row.attempts >= attempt) continue
      const detail = JSON.stringify({ ...(JSON.parse(row.detail) as object), perhapsTwice: true })
      n += await tx.run(markUncertain, { id, attempts: attempt, detail, now })
      await happened(tx, {
        accountId: row.account_id,
        noun: 'messages',
        nounId: id,
        kind: 'interrupted',
        actor: platformActor,
        data: { attempt, perhapsTwice: true },
        atMs: now,
      })
    }
    return n
  },
)
