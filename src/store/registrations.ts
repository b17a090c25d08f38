// Where phones are registered: contacts of clients (RFC 3261 10, RFC 5626), and who may register under a name. A contact whose time is over
// is kept a while, so that "its registration ran out" can be told from "it never was".

import type { Kysely } from 'kysely'
import { happened } from './happenings.ts'
import { onLostNode } from './leases.ts'
import { atLeast, listOf } from './list.ts'
import { bind, statement } from './statement.ts'
import { defineWrite, type Reader } from './store.ts'
import type { Row, Schema } from './schema.ts'

export type RegistrationRow = Row<'registrations'>

/** A client with what its membership in a group says; nulls where it is in none. */
export type PhoneLogin = Row<'clients'> & { readonly member_expires_ms: number | null; readonly member_ended: number | null }

const byName = statement<{ login: string }, PhoneLogin>((db) =>
  db
    .selectFrom('clients')
    .leftJoin('group_clients', 'group_clients.client_id', 'clients.id')
    .selectAll('clients')
    .select(['group_clients.expires_ms as member_expires_ms', 'group_clients.ended as member_ended'])
    .where('clients.login', '=', bind('login'))
    .orderBy('clients.id')
    .limit(2),
)
const inRealm = statement<{ login: string; realm: number }, PhoneLogin>((db) =>
  db
    .selectFrom('clients')
    .leftJoin('group_clients', 'group_clients.client_id', 'clients.id')
    .selectAll('clients')
    .select(['group_clients.expires_ms as member_expires_ms', 'group_clients.ended as member_ended'])
    .where('clients.realm_id', '=', bind('realm'))
    .where('clients.login', '=', bind('login')),
)

const loginById = statement<{ id: number }, PhoneLogin>((db) =>
  db
    .selectFrom('clients')
    .leftJoin('group_clients', 'group_clients.client_id', 'clients.id')
    .selectAll('clients')
    .select(['group_clients.expires_ms as member_expires_ms', 'group_clients.ended as member_ended'])
    .where('clients.id', '=', bind('id')),
)
export const readPhoneLoginById = (reader: Reader, id: number) => reader.one(loginById, { id })

/** Whose login it is; where no realm is named and several have it, nobody's. */
export async function readPhoneLogin(reader: Reader, login: string, realm?: number): Promise<PhoneLogin | undefined> {
  if (realm !== undefined) return await reader.one(inRealm, { login, realm })
  const found = await reader.all(byName, { login })
  return found.length === 1 ? found[0] : undefined
}

const ofClient = statement<{ client: number }, RegistrationRow>((db) =>
  db
    .selectFrom('registrations')
    .selectAll()
    .where('client_id', '=', bind('client'))
    .orderBy('q', 'desc')
    .orderBy('updated_ms', 'desc'),
)

/** An account's; `until` leaves those that stand at that moment. */
export const listRegistrations = listOf('registrations', 'account_id', { until: atLeast('expires_ms') })

/** Those that ran out are among them. */
export const registrationsOf = (reader: Pick<Reader, 'all'>, client: number) => reader.all(ofClient, { client })

const put = statement<RegistrationRow>((db) =>
  db
    .insertInto('registrations')
    .values({
      id: bind('id'),
      client_id: bind('client_id'),
      account_id: bind('account_id'),
      contact: bind('contact'),
      instance: bind('instance'),
      reg_id: bind('reg_id'),
      call_id: bind('call_id'),
      cseq: bind('cseq'),
      transport: bind('transport'),
      source: bind('source'),
      path: bind('path'),
      q: bind('q'),
      user_agent: bind('user_agent'),
      node: bind('node'),
      flow: bind('flow'),
      expires_ms: bind('expires_ms'),
      created_ms: bind('created_ms'),
      updated_ms: bind('updated_ms'),
    })
    .onConflict((conflict) =>
      conflict.columns(['client_id', 'contact']).doUpdateSet({
        instance: bind('instance'),
        reg_id: bind('reg_id'),
        call_id: bind('call_id'),
        cseq: bind('cseq'),
        transport: bind('transport'),
        source: bind('source'),
        path: bind('path'),
        q: bind('q'),
        user_agent: bind('user_agent'),
        node: bind('node'),
        flow: bind('flow'),
        expires_ms: bind('expires_ms'),
        updated_ms: bind('updated_ms'),
      }),
    ),
)
const drop = statement<{ id: number }>((db) => db.deleteFrom('registrations').where('id', '=', bind('id')))

export interface RegisterAsk {
  readonly clientId: number
  readonly accountId: number
  /** Call-ID and CSeq of the request: what came late changes nothing (RFC 3261 10.3). */
  readonly callId: string
  readonly cseq: number
  /** To be added or renewed. */
  readonly rows: readonly RegistrationRow[]
  /** Contact URIs to be removed; `*` is all. */
  readonly removed: readonly string[]
  /** The most contacts of one client. */
  readonly most: number
  readonly now: number
}

export interface RegisterOutcome {
  /** `late`: out of order; `full`: more contacts than are taken. */
  readonly refused: 'late' | 'full' | null
  readonly contacts: RegistrationRow[]
  readonly gone: RegistrationRow[]
}

/** All of one REGISTER, or nothing of it. `gone` are those that were removed or replaced. */
export const register = defineWrite('registrations.register', async (tx, ask: RegisterAsk): Promise<RegisterOutcome> => {
  const { clientId, callId, cseq, rows, removed, now } = ask
  const before = await tx.all(ofClient, { client: clientId })
  const isLate = (row: RegistrationRow): boolean => row.call_id === callId && row.cseq >= cseq
  const named = new Set([...rows.map(({ contact }) => contact), ...removed])
  const touched = before.filter((row) => removed.includes('*') || named.has(row.contact))
  if (touched.some(isLate)) return { refused: 'late', contacts: before, gone: [] }
  // RFC 5626 6: another contact of the same instance and flow takes its place.
  const replaced = before.filter((row) =>
    rows.some(
      ({ instance, reg_id, contact }) =>
        instance !== '' && row.instance === instance && row.reg_id === reg_id && row.contact !== contact,
    ),
  )
  const gone = [...touched.filter(({ contact }) => removed.includes('*') || removed.includes(contact)), ...replaced]
  const over = before.filter((row) => row.expires_ms <= now)
  const added = rows.filter(({ contact }) => !before.some((row) => row.contact === contact && row.expires_ms > now))
  const kept = before.filter((row) => row.expires_ms > now && !gone.includes(row))
  if (added.length > 0 && kept.length + added.length > ask.most) return { refused: 'full', contacts: kept, gone: [] }
  for (const { id } of gone) await tx.run(drop, { id })
  // Those that ran out have told what they were kept for, once it is registered again.
  if (rows.length > 0)
    for (const row of over) if (!named.has(row.contact) && !gone.includes(row)) await tx.run(drop, { id: row.id })
  for (const row of rows) await tx.run(put, row)
  const contacts = (await tx.all(ofClient, { client: clientId })).filter((row) => row.expires_ms > now)
  const wasRegistered = before.some((row) => row.expires_ms > now)
  if (wasRegistered !== contacts.length > 0) {
    await happened(tx, {
      accountId: ask.accountId,
      noun: 'clients',
      nounId: clientId,
      kind: contacts.length > 0 ? 'registered' : 'unregistered',
      actor: { face: 'platform' },
      data: {},
      atMs: now,
    })
  }
  return { refused: null, contacts, gone }
})

/** Their time is over now. */
const ending = (db: Kysely<Schema>) =>
  db
    .updateTable('registrations')
    .set({ expires_ms: bind('now'), updated_ms: bind('now') })
    .where('expires_ms', '>', bind('now'))

const endOne = statement<{ id: number; node: string; flow: string; now: number }>((db) =>
  ending(db).where('id', '=', bind('id')).where('node', '=', bind('node')).where('flow', '=', bind('flow')),
)

/** What `onChange` hears when a flow over which another node may have calls is no more. */
export const flowNoun = (node: string, flow: string): string => `flow ${node} ${flow}`

export interface EndRegistrationsAsk {
  readonly ids: readonly number[]
  readonly node: string
  readonly flow: string
  /** Other nodes have calls on it. */
  readonly isShared: boolean
  readonly now: number
}

/**
 * Their connection is gone: nobody is there any more, though the time is not over. A phone that has registered anew meanwhile, over another
 * connection or at another node, has kept its row, and is where it says.
 */
export const endRegistrations = defineWrite(
  'registrations.end',
  async (tx, { ids, node, flow, isShared, now }: EndRegistrationsAsk): Promise<number> => {
    let ended = 0
    for (const id of ids) ended += await tx.run(endOne, { id, node, flow, now })
    if (isShared) tx.touched(flowNoun(node, flow))
    return ended
  },
)

const endConnections = statement<{ node: string; now: number }>((db) =>
  ending(db).where('node', '=', bind('node')).where('transport', '!=', 'udp'),
)

/** A node that stops, or has died, has no connections: what was registered over one is nowhere. Those over UDP go on. */
export const endConnectionsOfNode = defineWrite(
  'registrations.endConnections',
  async (tx, input: { node: string; now: number }): Promise<number> => await tx.run(endConnections, input),
)

const endLost = statement<{ own: string; now: number }>((db) => ending(db).where(onLostNode).where('transport', '!=', 'udp'))

/** The same of all that are no more, such as an earlier process on the same store; `own` is the one that starts. */
export const endConnectionsOfLost = defineWrite(
  'registrations.endConnectionsOfLost',
  async (tx, input: { own: string; now: number }): Promise<number> => await tx.run(endLost, input),
)

const purge = statement<{ before: number; limit: number }>((db) =>
  db
    .deleteFrom('registrations')
    .where('id', 'in', (from) =>
      from
        .selectFrom('registrations')
        .select('id')
        .where('expires_ms', '<', bind('before'))
        .orderBy('expires_ms')
        .limit(bind('limit')),
    ),
)

/** Deletes at most `limit` that ran out before `beforeMs`; gives how many. */
export const purgeRegistrations = defineWrite(
  'registrations.purge',
  async (tx, input: { beforeMs: number; limit: number }): Promise<number> =>
    await tx.run(purge, { before: input.beforeMs, limit: input.limit }),
)
