// The account, its balance, and its sub-accounts. This vendor publishes no calls for the first and the last (reference
// section 2): reading the account and making sub-accounts are ours, in its style.

import type { Static } from 'typebox'
import { closeAccountOperation } from '#operations/accounts/close-account.ts'
import { createAccountOperation } from '#operations/accounts/create-account.ts'
import { listAccountsOperation } from '#operations/accounts/list-accounts.ts'
import { readAccountOperation } from '#operations/accounts/read-account.ts'
import { readBalanceOperation } from '#operations/credit/read-balance.ts'
import type { AccountView } from '#operations/accounts/account-view.ts'
import { refuse } from '#reasons/refusal.ts'
import { empty, json, timestamp } from './formats.ts'
import { face, subAccountAlias, subAccountPattern } from './ids.ts'
import type { Route, Visit } from './knock.ts'
import { pageShown, pageWanted } from './paging.ts'

type Account = Static<typeof AccountView>

async function subAccountShown({ parts, ids }: Visit, account: Account): Promise<object> {
  const { id, name, status, settings, createdAt } = account
  return {
    subAccountId: await ids.subAccountId(parts.store, id),
    name,
    status,
    country: settings.country,
    createdAt: timestamp(createdAt),
  }
}

async function read({ parts, ids, caller }: Visit) {
  const { id, name, status, settings, createdAt } = await parts.run(readAccountOperation, caller, {})
  const { country, currency, timezone } = settings
  return json(200, {
    accountId: ids.guid('account', id),
    name,
    status,
    country,
    currency,
    timezone,
    createdAt: timestamp(createdAt),
  })
}

/** An account that pays afterwards, or from the balance of one above it, has none to tell: section 6.9. */
async function balance({ parts, caller }: Visit) {
  const { availableMicro, currency } = await parts.run(readBalanceOperation, caller, {})
  if (availableMicro === null) refuse('feature.not_enabled', { feature: 'prepaid balance' })
  return json(200, { balance: availableMicro / 1_000_000, currency })
}

async function list(visit: Visit) {
  const { parts, caller, query } = visit
  const wanted = pageWanted(query)
  const page = await parts.run(listAccountsOperation, caller, { ...wanted })
  const items = await Promise.all(page.items.map((account) => subAccountShown(visit, account)))
  return json(200, pageShown(items, wanted, page.total!, page.total!))
}

async function create(visit: Visit) {
  const { parts, caller, body, idempotencyKey } = visit
  const { subAccountId, name = subAccountId } = (typeof body === 'object' && body !== null ? body : {}) as Record<string, unknown>
  if (subAccountId === undefined) refuse('request.parameter_missing', { parameter: 'subAccountId', location: 'payload' })
  if (typeof subAccountId !== 'string' || !subAccountPattern.test(subAccountId)) {
    refuse('request.parameter_invalid', {
      parameter: 'subAccountId',
      value: String(subAccountId).slice(0, 60),
      expected: '3 to 50 letters, digits and - . _ &',
    })
  }
  const alias = { face, kind: subAccountAlias, alias: subAccountId }
  const account = await parts.run(
    createAccountOperation,
    caller,
    { name, alias },
    { idempotencyKey, names: { alias: 'subAccountId' } },
  )
  return json(201, await subAccountShown(visit, account))
}

async function named({ parts, ids, caller, params }: Visit): Promise<Account> {
  const id = await ids.readSubAccount(parts.store, params['name']!)
  if (id === undefined) refuse('resource.not_found', { noun: 'account' })
  return parts.run(readAccountOperation, caller, { id })
}

const readOne = async (visit: Visit) => json(200, await subAccountShown(visit, await named(visit)))

async function close(visit: Visit) {
  const { id } = await named(visit)
  await visit.parts.run(closeAccountOperation, visit.caller, { id })
  return empty(204)
}

const base = '/api/v1/accounts/{accountId}'

export const accountRoutes: readonly Route[] = [
  { method: 'GET', path: base, permission: 'accounts.read', answer: read },
  { method: 'GET', path: `${base}/balance`, permission: 'credit.read', answer: balance },
  { method: 'GET', path: `${base}/subaccounts`, permission: 'accounts.read', answer: list },
  { method: 'POST', path: `${base}/subaccounts`, permission: 'accounts.write', answer: create },
  { method: 'GET', path: `${base}/subaccounts/{name}`, permission: 'accounts.read', answer: readOne },
  { method: 'DELETE', path: `${base}/subaccounts/{name}`, permission: 'accounts.write', answer: close },
]
