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
const howMany = statement<{ account: number }, { n: number }>((db) =>
  db
    .selectFrom('webhook_endpoints')
    .select((select) => select.fn.countAll<number>().as('n'))
    .where('account_id', '=', bind('account')),
)

/** `full` when the account has as many as it may. */
export const createWebhookEndpoint = defineWrite(
  'webhook_endpoints.create',
  async (
    tx,
    { row, limit, actor }: { row: WebhookEndpointRow; limit: number; actor: Actor },
  ): Promise<{ full: true } | { full: false; row: WebhookEndpointRow }> => {
    if (Number((await tx.one(howMany, { account: row.account_id }))?.n ?? 0) >= limit) return { full: true }
    await tx.run(insert, row)
    await count(tx, row.account_id, 'webhook_endpoints', 1)
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

const expired = statement<{ now: number; limit: number }, { id: number; account_id: number }>((db) =>
  db
    .selectFrom('webhook_endpoints')
    .select(['id', 'account_id'])
    .where('expires_ms', 'is not', null)
    .where('expires_ms', '<', bind('now'))
    .limit(bind('limit')),
)

/** Listeners that nobody came back to. */
export const purgeWebhookEndpoints = defineWrite(
  'webhook_endpoints.purge',
  async (tx, { beforeMs, limit }: { beforeMs: number; limit: number }): Promise<number> => {
    const rows = await tx.all(expired, { now: beforeMs, limit })
    for (const { id, account_id: account } of rows) {
      await tx.run(drop, { id, account })
      await count(tx, account, 'webhook_endpoints', -1)
      const actor = { face: 'purge' }
      await happened(tx, { accountId: account, noun: 'webhook_endpoints', nounId: id, kind: 'deleted', actor, atMs: beforeMs })
    }
    return rows.length
  },
)
