// Media: files that messages carry. A row is one use of a content: a file of the account's store, or an attachment of a
// message. Contents are addressed by their SHA-256 and counted, so that the same picture in ten thousand messages is
// kept once and goes with the last row that has it. Decides nothing about types and sizes.

import { hash } from 'node:crypto'
import { count, counted } from './counters.ts'
import { happened, type Actor } from './happenings.ts'
import { equal, like, listOf } from './list.ts'
import { bind, statement } from './statement.ts'
import { defineWrite, type Reader, type Transaction } from './store.ts'
import type { Row } from './schema.ts'

export type MediaRow = Row<'media'>

/** A row to be, with its content; without bytes it takes those that another row has. */
export interface NewMedia {
  readonly row: MediaRow
  readonly bytes?: Uint8Array | undefined
}

export const sha256Of = (bytes: Uint8Array): string => hash('sha256', bytes, 'hex')

const byId = statement<{ account: number; id: number }, MediaRow>((db) =>
  db.selectFrom('media').selectAll().where('id', '=', bind('id')).where('account_id', '=', bind('account')),
)
const byName = statement<{ account: number; name: string }, MediaRow>((db) =>
  db
    .selectFrom('media')
    .selectAll()
    .where('account_id', '=', bind('account'))
    .where('name', '=', bind('name'))
    .where('listed', '=', 1)
    .where('name', '<>', ''),
)
const anyById = statement<{ id: number }, MediaRow>((db) => db.selectFrom('media').selectAll().where('id', '=', bind('id')))
const ofMessage = statement<{ message: number }, MediaRow>((db) =>
  db.selectFrom('media').selectAll().where('message_id', '=', bind('message')).orderBy('position'),
)
const contentOf = statement<{ sha256: string }, { bytes: Uint8Array }>((db) =>
  db.selectFrom('media_contents').select('bytes').where('sha256', '=', bind('sha256')),
)

export const readMedia = (reader: Reader, account: number, id: number) => reader.one(byId, { account, id })
/** Of the account's store; an empty name finds nothing. */
export const readMediaByName = (reader: Reader, account: number, name: string) => reader.one(byName, { account, name })
/** Whoever's it is: for links that were signed for it. */
export const readAnyMedia = (reader: Reader, id: number) => reader.one(anyById, { id })
/** In their order. */
export const mediaOfMessage = (reader: Reader, message: number) => reader.all(ofMessage, { message })

/** Undefined when the last row that had the content went in between. */
export async function readContent(reader: Reader, sha256: string): Promise<Buffer | undefined> {
  const found = await reader.one(contentOf, { sha256 })
  return found && Buffer.from(found.bytes.buffer, found.bytes.byteOffset, found.bytes.byteLength)
}

/** The account's store. Filters: name (LIKE), type, origin. */
export const listMedia = listOf('media', 'account_id', {
  listed: equal('listed'),
  name: like('name'),
  type: equal('type'),
  origin: equal('origin'),
})

const insertRow = statement<MediaRow>((db) =>
  db
    .insertInto('media')
    .values({
      id: bind('id'),
      account_id: bind('account_id'),
      message_id: bind('message_id'),
      position: bind('position'),
      listed: bind('listed'),
      name: bind('name'),
      type: bind('type'),
      size_bytes: bind('size_bytes'),
      sha256: bind('sha256'),
      origin: bind('origin'),
      created_ms: bind('created_ms'),
      expires_ms: bind('expires_ms'),
    })
    .onConflict((conflict) => conflict.doNothing()),
)
const addReference = statement<{ sha256: string }>((db) =>
  db
    .updateTable('media_contents')
    .set((set) => ({ refs: set('refs', '+', 1) }))
    .where('sha256', '=', bind('sha256')),
)
const insertContent = statement<{ sha256: string; bytes: Uint8Array }>((db) =>
  db
    .insertInto('media_contents')
    .values({ sha256: bind('sha256'), refs: 1, bytes: bind('bytes') })
    .onConflict((conflict) => conflict.column('sha256').doUpdateSet((set) => ({ refs: set('media_contents.refs', '+', 1) }))),
)
const dropReference = statement<{ sha256: string }>((db) =>
  db
    .updateTable('media_contents')
    .set((set) => ({ refs: set('refs', '-', 1) }))
    .where('sha256', '=', bind('sha256')),
)
const dropUnused = statement<{ sha256: string }>((db) =>
  db.deleteFrom('media_contents').where('sha256', '=', bind('sha256')).where('refs', '<=', 0),
)
const dropRow = statement<{ id: number }>((db) => db.deleteFrom('media').where('id', '=', bind('id')))

export type MediaKept = 'kept' | 'taken' | 'gone' | 'full'

/**
 * Inside a write: keeps a row and its content. `taken`: the store has its name already; `gone`: it was to share a content
 * that is there no more; `full`: the account would have more than `mostBytes`. Nothing is changed unless `kept`.
 */
export async function keepMedia(tx: Transaction, { row, bytes }: NewMedia, mostBytes: number): Promise<MediaKept> {
  const { account_id: account, size_bytes: size, sha256 } = row
  // Counted before it is compared: whoever counts at the same time waits, and then sees this.
  await count(tx, account, 'media_bytes', size)
  const outcome = (await counted(tx, account, 'media_bytes')) > mostBytes ? 'full' : await insertMedia(tx, row, sha256, bytes)
  if (outcome !== 'kept') await count(tx, account, 'media_bytes', -size)
  else if (row.listed === 1) await count(tx, account, 'media', 1)
  return outcome
}

async function insertMedia(tx: Transaction, row: MediaRow, sha256: string, bytes: Uint8Array | undefined): Promise<MediaKept> {
  if ((await tx.run(insertRow, row)) === 0) return 'taken'
  // The short statement first, so that bytes which are there already are not sent again.
  if ((await tx.run(addReference, { sha256 })) > 0) return 'kept'
  if (bytes !== undefined) {
    await tx.run(insertContent, { sha256, bytes })
    return 'kept'
  }
  await tx.run(dropRow, { id: row.id })
  return 'gone'
}

async function dropMedia(tx: Transaction, row: MediaRow): Promise<boolean> {
  if ((await tx.run(dropRow, { id: row.id })) === 0) return false
  await tx.run(dropReference, { sha256: row.sha256 })
  await tx.run(dropUnused, { sha256: row.sha256 })
  await count(tx, row.account_id, 'media_bytes', -row.size_bytes)
  if (row.listed === 1) await count(tx, row.account_id, 'media', -1)
  return true
}

/** Inside a write: the attachments of a message go with it, or with its body. Gives how many. */
export async function dropMediaOfMessage(tx: Transaction, message: number): Promise<number> {
  let dropped = 0
  for (const row of await tx.all(ofMessage, { message })) if (await dropMedia(tx, row)) dropped += 1
  return dropped
}

async function tell(
  tx: Transaction,
  row: MediaRow,
  kind: 'created' | 'renamed' | 'deleted',
  actor: Actor,
  atMs: number,
): Promise<void> {
  const { account_id: accountId, id: nounId, name, type, size_bytes: sizeBytes } = row
  await happened(tx, { accountId, noun: 'media', nounId, kind, actor, data: { name, type, sizeBytes }, atMs })
}

/** Puts a file into the account's store; with `replace` in the place of the one that has its name. */
export const createMedia = defineWrite(
  'media.create',
  async (
    tx,
    input: { media: NewMedia; replace: boolean; mostBytes: number; actor: Actor },
  ): Promise<{ outcome: MediaKept; row: MediaRow }> => {
    const { media, replace, mostBytes, actor } = input
    const { row } = media
    const old = replace && row.name !== '' ? await tx.one(byName, { account: row.account_id, name: row.name }) : undefined
    if (old && (await counted(tx, row.account_id, 'media_bytes')) - old.size_bytes + row.size_bytes > mostBytes)
      return { outcome: 'full', row }
    if (old && (await dropMedia(tx, old))) await tell(tx, old, 'deleted', actor, row.created_ms)
    const outcome = await keepMedia(tx, media, old ? Number.MAX_SAFE_INTEGER : mostBytes)
    if (outcome === 'kept') await tell(tx, row, 'created', actor, row.created_ms)
    return { outcome, row }
  },
)

/** From the account's store; what a message carries is not its client's to delete. */
export const deleteMedia = defineWrite(
  'media.delete',
  async (tx, input: { id: number; account: number; actor: Actor; now: number }): Promise<{ deleted: boolean }> => {
    const row = await tx.one(byId, { account: input.account, id: input.id })
    if (!row || row.listed === 0 || !(await dropMedia(tx, row))) return { deleted: false }
    await tell(tx, row, 'deleted', input.actor, input.now)
    return { deleted: true }
  },
)

const rename = statement<{ id: number; name: string }>((db) =>
  db
    .updateTable('media')
    .set({ name: bind('name') })
    .where('id', '=', bind('id'))
    .where('listed', '=', 1),
)

export type MediaRenamed = { readonly outcome: 'renamed'; readonly row: MediaRow } | { readonly outcome: 'gone' | 'taken' }

/** In the account's store; `taken`: another file has the name. */
export const renameMedia = defineWrite(
  'media.rename',
  async (tx, input: { id: number; account: number; name: string; actor: Actor; now: number }): Promise<MediaRenamed> => {
    const { id, account, name, actor, now } = input
    // Who writes to the store at the same time waits here, as in keepMedia, so that no two take one name.
    await count(tx, account, 'media_bytes', 0)
    const row = await tx.one(byId, { account, id })
    if (!row || row.listed === 0) return { outcome: 'gone' }
    const other = await tx.one(byName, { account, name })
    if (other && other.id !== id) return { outcome: 'taken' }
    await tx.run(rename, { id, name })
    const renamed = { ...row, name }
    await tell(tx, renamed, 'renamed', actor, now)
    return { outcome: 'renamed', row: renamed }
  },
)

const expired = statement<{ before: number; limit: number }, MediaRow>((db) =>
  db.selectFrom('media').selectAll().where('expires_ms', '<', bind('before')).orderBy('expires_ms').limit(bind('limit')),
)

/** Files whose time is over. */
export const purgeExpiredMedia = defineWrite(
  'media.purge_expired',
  async (tx, { beforeMs, limit }: { beforeMs: number; limit: number }): Promise<number> => {
    let purged = 0
    for (const row of await tx.all(expired, { before: beforeMs, limit })) {
      if (!(await dropMedia(tx, row))) continue
      await tell(tx, row, 'deleted', { face: 'platform' }, beforeMs)
      purged += 1
    }
    return purged
  },
)

const oldReceived = statement<{ before: number; limit: number }, MediaRow>((db) =>
  db
    .selectFrom('media')
    .selectAll()
    .where('origin', '=', 'received')
    .where('created_ms', '<', bind('before'))
    .orderBy('created_ms')
    .limit(bind('limit')),
)

/** How long what came from the network is kept. */
export const receivedKeptForMs = 30 * 24 * 3_600_000

export const purgeMedia = defineWrite(
  'media.purge',
  async (tx, { beforeMs, limit }: { beforeMs: number; limit: number }): Promise<number> => {
    let purged = 0
    for (const row of await tx.all(oldReceived, { before: beforeMs, limit })) if (await dropMedia(tx, row)) purged += 1
    return purged
  },
)
