// Tokens of every kind: access and refresh tokens, authorization codes, browser sessions. Only hashes are kept.

import { happened, type Actor } from './happenings.ts'
import { equal, listOf } from './list.ts'
import { bind, statement } from './statement.ts'
import { defineWrite, type Reader } from './store.ts'
import type { Row } from './schema.ts'

export type TokenRow = Row<'tokens'>

const byHash = statement<{ hash: string }, TokenRow>((db) => db.selectFrom('tokens').selectAll().where('hash', '=', bind('hash')))

export const readToken = (reader: Reader, hash: string) => reader.one(byHash, { hash })

export const listTokens = listOf('tokens', 'user_id', {
  kind: equal('kind'),
  face: equal('face'),
  credential: equal('credential_id'),
})

const insertToken = statement<TokenRow>((db) =>
  db.insertInto('tokens').values({
    id: bind('id'),
    account_id: bind('account_id'),
    user_id: bind('user_id'),
    credential_id: bind('credential_id'),
    face: bind('face'),
    kind: bind('kind'),
    hash: bind('hash'),
    family: bind('family'),
    detail: bind('detail'),
    expires_ms: bind('expires_ms'),
    used_ms: bind('used_ms'),
    created_ms: bind('created_ms'),
  }),
)
const oldest = statement<{ user: number; credential: number | null; kind: string; skip: number }, { family: number }>((db) =>
  db
    .selectFrom('tokens')
    .select('family')
    .where('user_id', '=', bind('user'))
    .where('credential_id', '=', bind('credential'))
    .where('kind', '=', bind('kind'))
    .orderBy('id', 'desc')
    .limit(100)
    .offset(bind('skip')),
)
const dropFamily = statement<{ family: number }>((db) => db.deleteFrom('tokens').where('family', '=', bind('family')))

/** `keep` bounds the logins of one user in one application: the oldest end. */
export const issueTokens = defineWrite('tokens.issue', async (tx, input: { rows: TokenRow[]; keep?: number }) => {
  for (const row of input.rows) await tx.run(insertToken, row)
  const first = input.rows[0]
  if (first && input.keep !== undefined && first.credential_id !== null) {
    const past = await tx.all(oldest, {
      user: first.user_id,
      credential: first.credential_id,
      kind: first.kind,
      skip: input.keep,
    })
    for (const { family } of past) await tx.run(dropFamily, { family })
    if (past.length > 0) tx.touched('tokens')
  }
  return { issued: input.rows.length }
})

const useToken = statement<{ id: number; now: number }>((db) =>
  db
    .updateTable('tokens')
    .set({ used_ms: bind('now') })
    .where('id', '=', bind('id'))
    .where('used_ms', 'is', null),
)
const endToken = statement<{ id: number; expires: number }>((db) =>
  db
    .updateTable('tokens')
    .set({ expires_ms: bind('expires') })
    .where('id', '=', bind('id')),
)

const dropOthers = statement<{ family: number; id: number }>((db) =>
  db.deleteFrom('tokens').where('family', '=', bind('family')).where('id', '!=', bind('id')),
)
const shorten = statement<{ id: number; expires: number }>((db) =>
  db
    .updateTable('tokens')
    .set({ expires_ms: bind('expires') })
    .where('id', '=', bind('id'))
    .where('expires_ms', '>', bind('expires')),
)

/** Never lengthens a life. */
export const shortenToken = defineWrite('tokens.shorten', async (tx, input: { id: number; expires: number }) => {
  const shortened = (await tx.run(shorten, input)) > 0
  if (shortened) tx.touched('tokens')
  return { shortened }
})

/**
 * Exchanges a code or refresh token for new tokens, once: `false` when it was used before. With `graceMs` the old
 * token stays good that long, for a client that never saw the answer; then it is not marked as used.
 */
export const exchangeToken = defineWrite(
  'tokens.exchange',
  async (
    tx,
    input: { id: number; family: number; rows: TokenRow[]; now: number; graceMs: number; endOthers: boolean },
  ): Promise<{ exchanged: boolean }> => {
    tx.touched('tokens')
    if (input.graceMs > 0) await tx.run(endToken, { id: input.id, expires: input.now + input.graceMs })
    else if ((await tx.run(useToken, { id: input.id, now: input.now })) === 0) return { exchanged: false }
    // Only who exchanged it: the others of this moment must not end the tokens that the first one got.
    if (input.endOthers) await tx.run(dropOthers, { family: input.family, id: input.id })
    for (const row of input.rows) await tx.run(insertToken, row)
    return { exchanged: true }
  },
)

export const revokeFamily = defineWrite(
  'tokens.revoke',
  async (tx, input: { family: number; accountId: number; userId: number; actor: Actor; now: number }) => {
    const gone = await tx.run(dropFamily, { family: input.family })
    await happened(tx, {
      accountId: input.accountId,
      noun: 'tokens',
      nounId: input.family,
      kind: 'revoked',
      actor: input.actor,
      data: { userId: input.userId },
      atMs: input.now,
    })
    return { revoked: gone }
  },
)

const dropExpired = statement<{ before: number; limit: number }>((db) =>
  db
    .deleteFrom('tokens')
    .where('id', 'in', (from) =>
      from.selectFrom('tokens').select('id').where('expires_ms', '<', bind('before')).orderBy('expires_ms').limit(bind('limit')),
    ),
)

/** Deletes at most `limit` tokens that expired before `beforeMs`; gives how many. */
export const purgeTokens = defineWrite(
  'tokens.purge',
  async (tx, input: { beforeMs: number; limit: number }): Promise<number> =>
    await tx.run(dropExpired, { before: input.beforeMs, limit: input.limit }),
)
