// The whole platform without sockets, over an empty store: what stands behind the native API, asked request by request.
// Its clock can be moved, its disk can be full, and every row of an account can be read.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { firstStart } from '#accounts/first-start.ts'
import { Rates } from '#accounts/rates.ts'
import type { Caller } from '#accounts/caller.ts'
import { NativeIds } from '#api/native-ids.ts'
import { Journal } from '#journal/journal.ts'
import type { FaceParts } from '#operations/face-parts.ts'
import { createKeyOperation } from '#operations/keys/create-key.ts'
import { updateAccountOperation } from '#operations/accounts/update-account.ts'
import { tellRefusals } from '#operations/tell-refusals.ts'
import type { Mount } from '#protocols/http/http-server.ts'
import type { Schema } from '#store/schema.ts'
import { statement } from '#store/statement.ts'
import type { Store } from '#store/store.ts'
import { noHandsetCalls } from '#voice/handset-calls.ts'
import { systemClock, type Clock } from '#values/clock.ts'
import { idSource } from '#values/ids.ts'
import { Key, randomHex } from '#values/secrets.ts'
import { buildFaces } from '../src/roof/build-faces.ts'
import { messagingOver } from './messaging.ts'

export interface Asked {
  readonly key?: string | undefined
  /** Offhook-Account */
  readonly account?: string | undefined
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
  readonly source?: string
}

export interface Told {
  readonly status: number
  readonly headers: Record<string, string | readonly string[]>
  readonly text: string
  readonly json: any
}

export interface House {
  readonly store: Store
  readonly parts: FaceParts
  readonly ids: NativeIds
  readonly key: Key
  readonly clock: Clock
  readonly mounts: readonly Mount[]
  readonly operator: Person
  readonly sandbox: Person
  /** What went wrong on our side; a test that did not expect it looks here. */
  readonly faults: string[]
  forward(ms: number): void
  fillDisk(full: boolean): void
  /** Opens the carriers, the pretend network among them; until then what is sent stays queued. */
  openCarriers(): Promise<void>
  ask(method: string, path: string, asked?: Asked): Promise<Told>
  /** All rows of the accounts, table by table, as text. */
  rowsOf(accountIds: readonly number[]): Promise<Record<string, string[]>>
}

export interface Person {
  readonly caller: Caller
  readonly login: string
  readonly password: string
  /** A native key, sent as a bearer token. */
  readonly key: string
}

export async function openHouse(store: Store): Promise<House> {
  let aheadMs = 0
  let full = false
  const clock: Clock = { ...systemClock, nowMs: () => systemClock.nowMs() + aheadMs }
  const key = new Key(randomHex(32))
  const faults: string[] = []
  const stream = { write: (line: string) => void (line.includes('"level":50') && faults.push(line)) }
  const journal = new Journal({ level: 'error', clock, stream })
  const nextId = idSource(clock, 0)
  const dataDir = mkdtempSync(join(tmpdir(), 'offhook-house-'))
  const over = messagingOver({ store, clock, key, nextId, journal, dataDir })
  // Whoever opened the store closes it, at the end of all tests, and what stands on it before.
  const closeStore = store.close.bind(store)
  store.close = async () => {
    await over.close()
    rmSync(dataDir, { recursive: true, force: true })
    await closeStore()
  }
  const { mounts, parts } = buildFaces({
    store,
    nextId,
    messaging: over.built.messaging,
    carriers: over.built.carriers,
    router: over.built.router,
    voice: over.voice,
    handsets: over.built.loopback,
    handsetCalls: noHandsetCalls,
    fetch: over.outgoing.fetch,
    webhooks: over.webhooks.webhooks,
    clock,
    key,
    tell: tellRefusals(store, journal, clock),
    diskNearlyFull: () => full,
    canSendEmail: () => true,
    publicUrl: () => 'http://offhook.test',
    helpLinks: () => undefined,
    options: () => ({}),
    credentialsFile: () => undefined,
  })
  const started = await firstStart(store, clock, idSource(clock, 1))
  if (!started) throw new Error('the store was not empty')
  const person = async ({ userId, login, password }: typeof started.operator): Promise<Person> => {
    const caller = (await parts.identity.byUserId('api', userId))!
    const made = await parts.run(createKeyOperation, caller, {})
    return { caller, login, password, key: made.key! }
  }
  const operator = await person(started.operator)
  const unlimited = { limits: { keyPerSecond: 1_000_000, accountPerSecond: 1_000_000 } }
  await parts.run(updateAccountOperation, operator.caller, { id: operator.caller.account.id, settings: unlimited })
  const sandbox = await person(started.sandbox)
  const face = mounts.find((mount) => mount.name === 'api')!

  return {
    store,
    parts,
    ids: new NativeIds(key),
    key,
    clock,
    mounts,
    operator,
    sandbox,
    faults,
    forward(ms) {
      aheadMs += ms
    },
    openCarriers: () => over.built.start(),
    fillDisk(now) {
      full = now
    },
    async ask(method, path, { key: bearer, account, body, headers, source = '192.0.2.1' } = {}) {
      const [plain = '', query = ''] = path.split('?')
      const bytes = body === undefined ? Buffer.alloc(0) : Buffer.isBuffer(body) ? body : Buffer.from(JSON.stringify(body))
      const answer = await face.answer({
        method,
        path: `/v1${plain}`,
        query,
        headers: {
          ...(bearer !== undefined && { authorization: `Bearer ${bearer}` }),
          ...(account !== undefined && { 'offhook-account': account }),
          ...(body !== undefined && { 'content-type': 'application/json' }),
          ...headers,
        },
        body: bytes,
        source,
        secure: false,
        receivedAtMs: clock.nowMs(),
        traceId: '0'.repeat(32),
      })
      const text = answer.body.toString()
      const isJson = /json/.test(String(answer.headers['content-type']))
      return { status: answer.status, headers: answer.headers, text, json: isJson ? JSON.parse(text) : undefined }
    },
    async rowsOf(accountIds) {
      const rows: Record<string, string[]> = {}
      for (const [table, select] of selections) {
        const all = (await store.all(select, {})) as Record<string, unknown>[]
        const column = table === 'accounts' ? 'id' : 'account_id'
        rows[table] = all
          .filter((row) => accountIds.includes(row[column] as number))
          .map((row) => JSON.stringify(row))
          .toSorted()
      }
      return rows
    },
  }
}

/** Every table whose rows are an account's, but for the notes about requests. */
const tables = [
  'accounts',
  'users',
  'credentials',
  'tokens',
  'applications',
  'clients',
  'client_groups',
  'group_clients',
  'numbers',
  'contacts',
  'contact_addresses',
  'contact_groups',
  'contact_members',
  'contact_batches',
  'media',
  'emails',
  'webhook_endpoints',
  'webhook_deliveries',
  'facets',
  'mailbox',
  'happenings',
  'counters',
  'idempotency',
] as const satisfies readonly (keyof Schema)[]
const selections = tables.map(
  (table) => [table, statement<object, object>((db) => db.selectFrom(table as 'users').selectAll())] as const,
)

/** Two of them on one store stand for two processes. */
export const ratesOf = (store: Store, clock: Clock): Rates => new Rates(store, clock)
