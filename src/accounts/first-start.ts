// What a new store gets: the operator's account and user, a sandbox account and user with credit, rates, numbers
// in stock, and a pretend network.

import { giveFirstCredit } from '#credit/first-credit.ts'
import { createAccount, readRootAccount, type AccountRow } from '#store/accounts.ts'
import { freshNumber, stockNumbers, type NumberRow } from '#store/numbers.ts'
import { createCarrier } from '#store/carriers.ts'
import { createRoute } from '#store/routes.ts'
import type { Store } from '#store/store.ts'
import { createUser, type UserRow } from '#store/users.ts'
import type { Clock } from '#values/clock.ts'
import type { NextId } from '#values/ids.ts'
import { hashPassword, randomToken } from '#values/secrets.ts'
import { features, loadAccount, type Account } from './account.ts'
import { sandboxStock } from './sandbox-stock.ts'

export interface FirstUser {
  readonly account: Account
  readonly userId: number
  readonly login: string
  readonly password: string
}

export interface FirstStart {
  readonly operator: FirstUser
  readonly sandbox: FirstUser
}

/** The sandbox runs on a developer's machine, and so do the programs it tells. Two of three ranges of the pretend network are British. */
const sandboxSettings = {
  features: features.filter((feature) => feature !== 'voice_biometrics'),
  voice: { countries: ['GB'] },
}

const actor = { face: 'start', userId: null, credentialId: null }

/** Undefined when the store has been started before. */
export async function firstStart(store: Store, clock: Clock, nextId: NextId): Promise<FirstStart | undefined> {
  if (await readRootAccount(store)) return undefined
  const operatorId = nextId()
  const sandboxId = nextId()
  const operatorPath = `/${operatorId}/`
  await makeAccount(store, clock, {
    id: operatorId,
    parent_id: null,
    path: operatorPath,
    depth: 0,
    name: 'Operator',
    settings: '{}',
  })
  await makeAccount(store, clock, {
    id: sandboxId,
    parent_id: operatorId,
    path: `${operatorPath}${sandboxId}/`,
    depth: 1,
    name: 'Sandbox',
    settings: JSON.stringify(sandboxSettings),
  })
  const operator = await makeUser(store, clock, nextId, operatorId, 'operator@offhook.example')
  const sandbox = await makeUser(store, clock, nextId, sandboxId, 'sandbox@offhook.example')
  const now = clock.nowMs()
  const rows = sandboxStock().map((number): NumberRow => ({
    ...number,
    ...freshNumber,
    id: nextId(),
    account_id: null,
    form: 'e164',
    application_id: null,
    face: '',
    name: '',
    detail: '{}',
    bought_ms: null,
    updated_ms: now,
    version: 1,
  }))
  await store.write(stockNumbers, { rows, actor, accountId: operatorId, now })
  await giveFirstCredit(store, nextId, now, { operatorId, sandboxId, actor })
  await giveFirstCarrier(store, nextId, now, operatorId)
  return { operator, sandbox }
}

/** A pretend network that takes every message and call, until the operator has carriers of their own. */
async function giveFirstCarrier(store: Store, nextId: NextId, now: number, accountId: number): Promise<void> {
  const carrierId = nextId()
  const dated = { created_ms: now, updated_ms: now, version: 1 }
  const carrier = { id: carrierId, name: 'loopback', kind: 'loopback', enabled: 1, detail: '{}', secret_sealed: null, ...dated }
  await store.write(createCarrier, { row: carrier, accountId, actor })
  const any = { account_id: null, prefix: '', sender: '', rank: 100, cost_micro: 0 }
  for (const kind of ['', 'voice'])
    await store.write(createRoute, { row: { id: nextId(), carrier_id: carrierId, ...any, kind, ...dated }, accountId, actor })
}

async function makeAccount(
  store: Store,
  clock: Clock,
  row: Pick<AccountRow, 'id' | 'parent_id' | 'path' | 'depth' | 'name' | 'settings'>,
): Promise<void> {
  const now = clock.nowMs()
  await store.write(createAccount, {
    row: { ...row, status: 'active', kind: 'full', created_ms: now, updated_ms: now, version: 1 },
    actor,
  })
}

async function makeUser(store: Store, clock: Clock, nextId: NextId, accountId: number, login: string): Promise<FirstUser> {
  const password = randomToken(20)
  const now = clock.nowMs()
  const row: UserRow = {
    id: nextId(),
    account_id: accountId,
    login,
    name: login.split('@')[0]!,
    role: 'administrator',
    status: 'active',
    password_hash: await hashPassword(password),
    totp_sealed: null,
    totp_confirmed: 0,
    detail: JSON.stringify({ firstName: 'First', lastName: 'User', extensionNumber: '101' }),
    created_ms: now,
    updated_ms: now,
    version: 1,
  }
  await store.write(createUser, { row, actor })
  return { account: (await loadAccount(store, accountId))!, userId: row.id, login, password }
}
