// Credentials: what a client shows to prove who it is, one row a key, whatever the face.

import { count } from './counters.ts'
import { happened, type Actor } from './happenings.ts'
import { equal, listOf } from './list.ts'
import { bind, statement } from './statement.ts'
import { defineWrite, type Reader, type Transaction } from './store.ts'
import type { Row } from './schema.ts'

export type CredentialRow = Row<'credentials'>

const byPublicId = statement<{ face: string; publicId: string }, CredentialRow>((db) =>
  db.selectFrom('credentials').selectAll().where('face', '=', bind('face')).where('public_id', '=', bind('publicId')),
)
const byId = statement<{ id: number }, CredentialRow>((db) =>
  db.selectFrom('credentials').selectAll().where('id', '=', bind('id')),
)

export const readCredential = (reader: Reader, face: string, publicId: string) => reader.one(byPublicId, { face, publicId })
export const readCredentialById = (reader: Reader, id: number) => reader.one(byId, { id })

export const listCredentials = listOf('credentials', 'account_id', { face: equal('face'), user: equal('user_id') })

const insertCredential = statement<CredentialRow>((db) =>
  db
    .insertInto('credentials')
    .values({
      id: bind('id'),
      account_id: bind('account_id'),
      user_id: bind('user_id'),
      face: bind('face'),
      public_id: bind('public_id'),
      secret_hash: bind('secret_hash'),
      secret_sealed: bind('secret_sealed'),
      previous_hash: bind('previous_hash'),
      previous_until_ms: bind('previous_until_ms'),
      name: bind('name'),
      permissions: bind('permissions'),
      status: bind('status'),
      detail: bind('detail'),
      expires_ms: bind('expires_ms'),
      created_ms: bind('created_ms'),
      updated_ms: bind('updated_ms'),
    })
    .onConflict((conflict) => conflict.doNothing()),
)
const keysOfUser = statement<{ face: string; user: number | null; following: string }, { n: number }>((db) =>
  db
    .selectFrom('credentials')
    .select((select) => select.fn.countAll<number>().as('n'))
    .where('face', '=', bind('face'))
    .where('user_id', '=', bind('user'))
    .where('detail', 'not like', bind('following')),
)
/** The key that is the user's password in another form is none of its own. */
const following = '%"followsPassword":true%'

/** 0 when the public id is taken at the face. For writes that make more than a key. */
export const insertCredentialRow = (tx: Transaction, row: CredentialRow) => tx.run(insertCredential, row)

/** `limit` bounds the keys of one user at one face. */
export const createCredential = defineWrite(
  'credentials.create',
  async (
    tx,
    input: { row: CredentialRow; limit?: number; actor: Actor },
  ): Promise<{ refused: 'taken' | 'limit' } | { refused: null; row: CredentialRow }> => {
    const { row, limit, actor } = input
    if (limit !== undefined && row.user_id !== null) {
      const held = await tx.one(keysOfUser, { face: row.face, user: row.user_id, following })
      if (Number(held?.n ?? 0) >= limit) return { refused: 'limit' }
    }
    if ((await tx.run(insertCredential, row)) === 0) return { refused: 'taken' }
    await count(tx, row.account_id, 'credentials', 1)
    await happened(tx, {
      accountId: row.account_id,
      noun: 'credentials',
      nounId: row.id,
      kind: 'created',
      actor,
      data: { face: row.face, publicId: row.public_id },
      atMs: row.created_ms,
    })
    return { refused: null, row }
  },
)

const changeSecret = statement<
  Pick<CredentialRow, 'id' | 'secret_hash' | 'secret_sealed' | 'previous_hash' | 'previous_until_ms' | 'updated_ms'>
>((db) =>
  db
    .updateTable('credentials')
    .set({
      secret_hash: bind('secret_hash'),
      secret_sealed: bind('secret_sealed'),
      previous_hash: bind('previous_hash'),
      previous_until_ms: bind('previous_until_ms'),
      updated_ms: bind('updated_ms'),
    })
    .where('id', '=', bind('id')),
)

const changeCredential = statement<
  Pick<CredentialRow, 'id' | 'name' | 'permissions' | 'status' | 'detail' | 'expires_ms' | 'updated_ms'>
>((db) =>
  db
    .updateTable('credentials')
    .set({
      name: bind('name'),
      permissions: bind('permissions'),
      status: bind('status'),
      detail: bind('detail'),
      expires_ms: bind('expires_ms'),
      updated_ms: bind('updated_ms'),
    })
    .where('id', '=', bind('id')),
)

/**
 * `kind` is the happening's word. `rotated` changes the secrets and nothing else, every other all but the secrets: a key
 * disabled while it is rotated stays disabled.
 */
export const updateCredential = defineWrite(
  'credentials.update',
  async (tx, input: { row: CredentialRow; kind: string; actor: Actor }): Promise<CredentialRow | null> => {
    const { row, kind, actor } = input
    const touched = kind === 'rotated' ? await tx.run(changeSecret, row) : await tx.run(changeCredential, row)
    if (touched === 0) return null
    await happened(tx, {
      accountId: row.account_id,
      noun: 'credentials',
      nounId: row.id,
      kind,
      actor,
      data: { face: row.face, publicId: row.public_id },
      atMs: row.updated_ms,
    })
    return (await tx.one(byId, { id: row.id })) ?? null
  },
)

const dropCredential = statement<{ id: number }>((db) => db.deleteFrom('credentials').where('id', '=', bind('id')))
const dropTokens = statement<{ credential: number }>((db) =>
  db.deleteFrom('tokens').where('credential_id', '=', bind('credential')),
)

export const deleteCredential = defineWrite(
  'credentials.delete',
  async (tx, input: { id: number; accountId: number; actor: Actor; now: number }) => {
    await tx.run(dropTokens, { credential: input.id })
    const gone = await tx.run(dropCredential, { id: input.id })
    if (gone > 0) {
      await count(tx, input.accountId, 'credentials', -1)
      await happened(tx, {
        accountId: input.accountId,
        noun: 'credentials',
        nounId: input.id,
        kind: 'deleted',
        actor: input.actor,
        data: {},
        atMs: input.now,
      })
    }
    return { deleted: gone > 0 }
  },
)
