// Endpoints: who is told of an account's events. A listener is one whose deliveries are fetched instead of sent.

import { count } from './counters.ts'
import { happened, type Actor } from './happenings.ts'
import { equal, listOf } from './list.ts'
import { bind, statement } from './statement.ts'
import { defineWrite, type Reader, type Transaction } from './store.ts'
import type { Row } from './schema.ts'

export type WebhookEndpointRow = Row<'webhook_endpoints'>

const byId = statement<{ account: number; id: number }, WebhookEndpointRow>((db) =>
  db.selectFrom('webhook_endpoints').selectAll().where('id', '=', bind('id')).where('account_id', '=', bind('account')),
)
const ofAccount = statement<{ account: number }, WebhookEndpointRow>((db) =>
  db.selectFrom('webhook_endpoints').selectAll().where('account_id', '=', bind('account')).orderBy('id'),
)

export const readWebhookEndpoint = (reader: Reader, account: number, id: number) => reader.one(byId, { account, id })

/** All of an account, oldest first. */
export const webhookEndpointsOf = (reader: Reader, account: number) => reader.all(ofAccount, { account })

export const listWebhookEndpoints = listOf('webhook_endpoints', 'account_id', { face: equal('face'), kind: equal('kind') })

const insert = statement<WebhookEndpointRow>((db) =>
  db.insertInto('webhook_endpoints').values({
    id: bind('id'),
    account_id: bind('account_id'),
    face: bind('face'),
    kind: bind('kind'),
    url: bind('url'),
    fallback_url: bind('fallback_url'),
    events: bind('events'),
    name: bind('name'),
    enabled: bind('enabled'),
    detail: bind('detail'),
    secret_sealed: bind('secret_sealed'),
    previous_sealed: bind('previous_sealed'),
    previous_until_ms: bind('previous_until_ms'),
    expires_ms: bind('expires_ms'),
    created_ms: bind('created_ms'),
    updated_ms: bind('updated_ms'),
    version: bind('version'),
  }),
)
const howMany = statement<{ account: number; face: string }, { n: number }>((db) =>
  db
    .selectFrom('webhook_endpoints')
    .select((select) => select.fn.countAll<number>().as('n'))
    .where('account_id', '=', bind('account'))
    .where('face', '=', bind('face')),
)

/** Those of a face that belong to one client of it, as `owner` in their detail says, and are not over. */
export function endpointsOfOwner(
  rows: readonly WebhookEndpointRow[],
  face: string,
  owner: string,
  nowMs: number,
): readonly WebhookEndpointRow[] {
  const isTheirs = ({ detail }: WebhookEndpointRow): boolean => (JSON.parse(detail) as { owner?: string }).owner === owner
  return rows.filter((row) => row.face === face && (row.expires_ms === null || row.expires_ms > nowMs) && isTheirs(row))
}

export interface NewWebhookEndpoint {
  readonly row: WebhookEndpointRow
  /** Of all that an account has of this face. */
  readonly limit: number
  /** Of those with this `owner` in their detail. */
  readonly share?: { readonly owner: string; readonly limit: number }
  readonly actor: Actor
}

async function isFull(
  tx: Transaction,
  { account_id: account, face, created_ms: now }: WebhookEndpointRow,
  limit: number,
  share: NewWebhookEndpoint['share'],
): Promise<boolean> {
  if (Number((await tx.one(howMany, { account, face }))?.n ?? 0) >= limit) return true
  if (!share) return false
  return endpointsOfOwner(await tx.all(ofAccount, { account }), face, share.owner, now).length >= share.limit
}

/** `full` when there are as many as there may be. */
export const createWebhookEndpoint = defineWrite(
  'webhook_endpoints.create',
  async (
    tx,
    { row, limit, share, actor }: NewWebhookEndpoint,
  ): Promise<{ full: true } | { full: false; row: WebhookEndpointRow }> => {
    // Counted first: where transactions run side by side, those of one account wait for each other here.
    await count(tx, row.account_id, 'webhook_endpoints', 1)
    if (await isFull(tx, row, limit, share)) {
      await count(tx, row.account_id, 'webhook_endpoints', -1)
      return { full: true }
    }
    await tx.run(insert, row)
    await happened(tx, {
      accountId: row.account_id,
      noun: 'webhook_endpoints',
      nounId: row.id,
      kind: 'created',
      actor,
      data: { face: row.face, kind: row.kind },
      atMs: row.created_ms,
    })
    return { full: false, row }
  },
)

export interface WebhookEndpointChange {
  readonly url?: string
  readonly fallback_url?: string | null
  readonly events?: string
  readonly name?: string
  readonly enabled?: number
  readonly detail?: string
  readonly secret_sealed?: string
  readonly previous_sealed?: string | null
  readonly previous_until_ms?: number | null
  readonly expires_ms?: number
}

const change = statement<WebhookEndpointRow & { now: number; account: number }>((db) =>
  db
    .updateTable('webhook_endpoints')
    .set((set) => ({
      url: bind('url'),
      fallback_url: bind('fallback_url'),
      events: bind('events'),
      name: bind('name'),
      enabled: bind('enabled'),
      detail: bind('detail'),
      secret_sealed: bind('secret_sealed'),
      previous_sealed: bind('previous_sealed'),
      previous_until_ms: bind('previous_until_ms'),
      expires_ms: bind('expires_ms'),
      updated_ms: bind('now'),
      version: set('version', '+', 1),
    }))
    .where('id', '=', bind('id'))
    .where('account_id', '=', bind('account')),
)

interface ChangeInput {
  readonly id: number
  readonly account: number
  readonly change: WebhookEndpointChange
  readonly actor: Actor
  readonly now: number
}

/** Null when there is none. */
export const updateWebhookEndpoint = defineWrite('webhook_endpoints.update', changeEndpoint)

/** The same with a new secret; an object, so that the secret can be joined to it. */
export const rotateWebhookEndpoint = defineWrite('webhook_endpoints.rotate', async (tx, input: ChangeInput) => ({
  row: await changeEndpoint(tx, input),
}))

async function changeEndpoint(tx: Transaction, input: ChangeInput): Promise<WebhookEndpointRow | null> {
  const { id, account, actor, now } = input
  const row = await tx.one(byId, { account, id })
  if (!row) return null
  await tx.run(change, { ...row, ...input.change, now, account })
  const rotated = input.change.secret_sealed !== undefined
  const changed = Object.keys(input.change).filter((name) => !/_sealed$|^previous/.test(name))
  await happened(tx, {
    accountId: account,
    noun: 'webhook_endpoints',
    nounId: id,
    kind: rotated ? 'rotated' : 'updated',
    actor,
    data: { changed },
    atMs: now,
  })
  return (await tx.one(byId, { account, id })) ?? null
}

const drop = statement<{ id: number; account: number }>((db) =>
  db.deleteFrom('webhook_endpoints').where('id', '=', bind('id')).where('account_id', '=', bind('account')),
)

/** False when there is none. What is still to be sent to it is canceled by the relay. */
export const deleteWebhookEndpoint = defineWrite(
  'webhook_endpoints.delete',
  async (tx, { id, account, actor, now }: { id: number; account: number; actor: Actor; now: number }): Promise<boolean> => {
    if ((await tx.run(drop, { id, account })) === 0) return false
    await count(tx, account, 'webhook_endpoints', -1)
    await happened(tx, { accountId: account, noun: 'webhook_endpoints', nounId: id, kind: 'deleted', actor, atMs: now })
    return true
  },
)

/** Switched off for good reason; whoever owns it may switch it on again. */
export interface GivenUp {
  readonly atMs: number
  readonly reason: string
}

/** An endpoint that cannot be told anything any more: off, with `givenUp` in its detail. Of one that is off, or gone, nothing is changed. */
export const giveUpWebhookEndpoint = defineWrite(
  'webhook_endpoints.give_up',
  async (tx, { id, account, givenUp }: { id: number; account: number; givenUp: GivenUp }): Promise<boolean> => {
    const row = await tx.one(byId, { account, id })
    if (!row || row.enabled === 0) return false
    const detail = JSON.stringify({ ...(JSON.parse(row.detail) as object), givenUp })
    const actor = { face: 'platform' }
    await changeEndpoint(tx, { id, account, change: { enabled: 0, detail }, actor, now: givenUp.atMs })
    return true
  },
)

const expired = statement<{ now: number; ended: number; limit: number }, { id: number; account_id: number }>((db) =>
  db
    .selectFrom('webhook_endpoints')
    .select(['id', 'account_id'])
    .where('expires_ms', 'is not', null)
    .where('expires_ms', '<', bind('now'))
    .where((where) => where.or([where('kind', '=', 'listener'), where('expires_ms', '<', bind('ended'))]))
    .limit(bind('limit')),
)

/** Listeners that nobody came back to; and others that are over since `endedMs`, until when their clients are told so. */
export const purgeWebhookEndpoints = defineWrite(
  'webhook_endpoints.purge',
  async (tx, { beforeMs, endedMs, limit }: { beforeMs: number; endedMs: number; limit: number }): Promise<number> => {
    const rows = await tx.all(expired, { now: beforeMs, ended: endedMs, limit })
    for (const { id, account_id: account } of rows) {
      await tx.run(drop, { id, account })
      await count(tx, account, 'webhook_endpoints', -1)
      const actor = { face: 'purge' }
      await happened(tx, { accountId: account, noun: 'webhook_endpoints', nounId: id, kind: 'deleted', actor, atMs: beforeMs })
    }
    return rows.length
  },
)
