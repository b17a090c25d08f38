// Attempts to deliver webhooks: noted, not committed, kept for 7 days. What was sent and what came back, the first of it.

import { sql } from 'kysely'
import { insertBatch } from './row-batch.ts'
import { bind, statement } from './statement.ts'
import type { Row } from './schema.ts'
import { defineWrite, type Reader } from './store.ts'

export type WebhookAttemptRow = Row<'webhook_attempts'>

export const attemptsKeptForMs = 7 * 24 * 3600 * 1000
export const attemptsKept = 1_000_000

const insert = insertBatch('webhook_attempts', {
  delivery_id: 'big',
  attempt: 'big',
  step: 'big',
  account_id: 'big',
  at_ms: 'big',
  took_ms: 'big',
  method: 'text',
  url: 'text',
  address: 'text',
  headers: 'text',
  status: 'big',
  answer_headers: 'text',
  answer_body: 'text',
  reason: 'text',
  detail: 'text',
})

/** For `store.note(noteWebhookAttempts, { rows })`: JSON of WebhookAttemptRow[]. */
export const noteWebhookAttempts = defineWrite('webhook_attempts.note', async (tx, input: { rows: string }): Promise<null> => {
  await tx.run(insert, input)
  return null
})

const ofDelivery = statement<{ delivery: number; limit: number }, WebhookAttemptRow>((db) =>
  db
    .selectFrom('webhook_attempts')
    .selectAll()
    .where('delivery_id', '=', bind('delivery'))
    .orderBy('attempt')
    .orderBy('step')
    .limit(bind('limit')),
)

/** Oldest first; those older than a week are gone. */
export const webhookAttemptsOf = (notes: Reader, delivery: number, limit = 200) => notes.all(ofDelivery, { delivery, limit })

const purgeOld = statement<{ before: number; limit: number }>((db) =>
  db.deleteFrom('webhook_attempts').where(
    sql<boolean>`(delivery_id, attempt, step) in (select delivery_id, attempt, step from webhook_attempts
        where at_ms < ${bind('before')} order by at_ms limit ${bind('limit')})`,
  ),
)
const nthNewest = statement<{ keep: number }, { at_ms: number }>((db) =>
  db.selectFrom('webhook_attempts').select('at_ms').orderBy('at_ms', 'desc').limit(1).offset(bind('keep')),
)
const oldest = statement<{}, { at_ms: number }>((db) =>
  db.selectFrom('webhook_attempts').select('at_ms').orderBy('at_ms').limit(1),
)

/**
 * Before when rows are to go, so that none is older than `beforeMs` and about `keep` are left (all the others,
 * when that is MAX_SAFE_INTEGER); undefined: none.
 */
export async function attemptsToPurge(notes: Reader, beforeMs: number, keep: number): Promise<number | undefined> {
  const beyond = keep === Number.MAX_SAFE_INTEGER ? undefined : await notes.one(nthNewest, { keep })
  const before = Math.max(beforeMs, (beyond?.at_ms ?? -1) + 1)
  const first = await notes.one(oldest, {})
  return first && first.at_ms < before ? before : undefined
}

/** For `store.note(purgeWebhookAttempts, ...)`. */
export const purgeWebhookAttempts = defineWrite(
  'webhook_attempts.purge',
  async (tx, input: { beforeMs: number; limit: number }): Promise<number> =>
    await tx.run(purgeOld, { before: input.beforeMs, limit: input.limit }),
)
