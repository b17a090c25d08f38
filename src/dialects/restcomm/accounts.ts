// Accounts (reference 5): read, listed, made with their owner and a client of the same name, changed, closed.

import { actFor } from '#accounts/act-for.ts'
import { loadAccount } from '#accounts/account.ts'
import type { Caller } from '#accounts/caller.ts'
import { closeAccountOperation } from '#operations/accounts/close-account.ts'
import { createAccountOperation } from '#operations/accounts/create-account.ts'
import { listAccountsOperation } from '#operations/accounts/list-accounts.ts'
import { readAccountOperation } from '#operations/accounts/read-account.ts'
import { updateAccountOperation } from '#operations/accounts/update-account.ts'
import { createClientOperation } from '#operations/clients/create-client.ts'
import { listClientsOperation } from '#operations/clients/list-clients.ts'
import { updateClientOperation } from '#operations/clients/update-client.ts'
import { updateUserOperation } from '#operations/users/update-user.ts'
import type { HttpAnswer } from '#protocols/http/exchange.ts'
import { Refusal, refuse } from '#reasons/refusal.ts'
import { setFacet } from '#store/facets.ts'
import { accountView, ownerOf, statusOf } from './account-view.ts'
import { allRows } from './bare-list.ts'
import { roleOf } from './formats.ts'
import { faceName, sidOfEmail } from './ids.ts'
import type { Ask, Means } from './knock.ts'
import { sent } from './urls.ts'
import { writeList, writeOne } from './write.ts'

const names = {
  name: 'FriendlyName',
  'owner.login': 'EmailAddress',
  'owner.password': 'Password',
  'owner.role': 'Role',
  password: 'Password',
  role: 'Role',
  status: 'Status',
}

const statuses = ['active', 'suspended', 'closed', 'uninitialized'] as const
type Status = (typeof statuses)[number]

/** In any case (reference 5). Gives request.parameter_invalid. */
function statusIn({ fields }: Ask): Status | undefined {
  const text = fields.filled('Status')
  if (text === undefined) return undefined
  const status = statuses.find((one) => one === text.toLowerCase())
  if (!status)
    refuse('request.parameter_invalid', {
      parameter: 'Status',
      value: text.slice(0, 60),
      expected: `one of ${statuses.join(', ')}`,
    })
  return status
}

/** An administrator acts on accounts below, others only on their own (reference 2.2). Gives permission.denied. */
function requireOwnOrAdministrator({ caller, self }: Ask): void {
  if (caller !== self && self.user?.role !== undefined && self.user.role !== 'administrator')
    refuse('permission.denied', { permission: 'this account' })
}

export async function readAccount(ask: Ask): Promise<HttpAnswer> {
  requireOwnOrAdministrator(ask)
  const { means, caller } = ask
  const account = await means.parts.run(readAccountOperation, caller, {})
  return writeOne(ask.json, 'Account', await accountView(ask, account))
}

/** The accounts right below one's own; the operator may ask for another organization's. */
export async function listAccounts(ask: Ask): Promise<HttpAnswer> {
  const { means, fields, json } = ask
  // No organization has a domain name of its own here.
  const domain = fields.filled('DomainName')
  if (domain !== undefined) refuse('resource.not_found', { noun: 'organization', id: domain.slice(0, 100) })
  const above = await organizationIn(ask)
  if (above.user?.role !== undefined && above.user.role !== 'administrator')
    refuse('permission.denied', { permission: 'accounts below' })
  const rows = await allRows(ask, (page) => means.parts.run(listAccountsOperation, above, page))
  const within = { ...ask, caller: above }
  return writeList(json, 'Accounts', 'Account', await Promise.all(rows.map((row) => accountView(within, row))))
}

/** One's own, or, for the operator, the account at the root of the organization named. Gives request.parameter_invalid, permission.denied. */
async function organizationIn({ means: { parts, sids }, self, fields }: Ask): Promise<Caller> {
  const text = fields.filled('OrganizationSid')
  if (text === undefined) return self
  const id = sids.read('OR', text)
  const root = id === undefined ? undefined : await loadAccount(parts.store, id)
  if (!root)
    refuse('request.parameter_invalid', {
      parameter: 'OrganizationSid',
      value: text.slice(0, 60),
      expected: 'sid of an organization',
    })
  if (root.id === self.account.rootId) return self
  if (!self.permissions.has('operator')) refuse('permission.denied', { permission: 'another organization' })
  return actFor(parts.store, self, root.id)
}

export async function createAccount(ask: Ask): Promise<HttpAnswer> {
  const { means, fields, json, idempotencyKey } = ask
  const email = fields.required('EmailAddress').toLowerCase()
  const password = fields.required('Password')
  const status = statusIn(ask) ?? 'active'
  const role = fields.filled('Role')
  if (!/^[^@?=\s]+@[^@?=\s]+$/.test(email)) {
    refuse('request.parameter_invalid', {
      parameter: 'EmailAddress',
      value: email.slice(0, 60),
      expected: 'an e-mail address without ? and =',
    })
  }
  const above = await organizationIn(ask)
  const publicId = sidOfEmail(email)
  const made = await means.parts.run(
    createAccountOperation,
    above,
    {
      name: fields.filled('FriendlyName') ?? email,
      status: status === 'active' || status === 'closed' ? 'active' : 'suspended',
      owner: { login: email, password, role: role === undefined ? (above.user?.role ?? 'administrator') : roleOf(role) },
      door: { publicId, detail: {}, ...(status === 'uninitialized' && { facet: { uninitialized: true } }) },
      alias: { face: faceName, kind: 'account', alias: publicId },
    },
    { idempotencyKey, names },
  )
  const caller = await actFor(means.parts.store, above, made.id)
  const shown = { ...ask, caller }
  if (status === 'closed')
    return writeOne(
      json,
      'Account',
      await accountView(shown, await means.parts.run(closeAccountOperation, above, { id: made.id })),
    )
  if (status === 'active') await followClient(means, caller, email, password)
  return writeOne(json, 'Account', await accountView(shown, made))
}

/**
 * A client of the e-mail address's name goes with the account and has its password (reference 5). Where the name is
 * another's, or cannot be a SIP user, there is none.
 */
async function followClient({ parts }: Means, caller: Caller, email: string, password: string): Promise<void> {
  const login = email.split('@')[0]!
  try {
    const { items } = await parts.run(listClientsOperation, caller, { login: login.replaceAll(/[%_\\]/g, '_'), limit: 1000 })
    const client = items.find((one) => one.login === login)
    if (client) await parts.run(updateClientOperation, caller, { id: client.id, password })
    else await parts.run(createClientOperation, caller, { login, password })
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
  }
}

export async function updateAccount(ask: Ask): Promise<HttpAnswer> {
  requireOwnOrAdministrator(ask)
  const { means, caller, self, fields, json } = ask
  const { parts } = means
  const { id } = caller.account
  const status = statusIn(ask)
  const password = fields.filled('Password')
  const role = fields.filled('Role')
  const before = await statusOf(means, caller.account)
  // Closed is for good (reference 5).
  if (before === 'closed') refuse('account.state_transition_invalid', { from: before, to: status ?? before })
  if (status === 'uninitialized' && before !== status) refuse('account.state_transition_invalid', { from: before, to: status })
  const owner = password === undefined && role === undefined ? undefined : await ownerOf(means, id)
  if ((password !== undefined || role !== undefined) && !owner?.user)
    refuse('account.user_unknown', { parameter: 'EmailAddress' })
  if (owner?.user) {
    const change = sent({ password, role: role === undefined ? undefined : roleOf(role) })
    await parts.run(updateUserOperation, { ...caller, account: owner.account }, { id: owner.user.id, ...change }, { names })
  }
  if (status === 'closed') {
    const closed = await parts.run(closeAccountOperation, self, { id })
    return writeOne(json, 'Account', await accountView(ask, closed))
  }
  const begins = before === 'uninitialized' && (password !== undefined || status === 'active')
  if (begins) await begin(means, caller)
  const to = status === 'active' || status === 'suspended' ? status : undefined
  const updated = await parts.run(
    updateAccountOperation,
    self,
    { id, ...sent({ name: fields.filled('FriendlyName'), status: begins ? undefined : to }) },
    { names },
  )
  if (owner?.user && password !== undefined)
    await followClient(means, await actFor(parts.store, self, id), owner.user.login, password)
  return writeOne(
    json,
    'Account',
    await accountView({ ...ask, caller: { ...caller, account: { ...caller.account, status: updated.status } } }, updated),
  )
}

/**
 * The first password makes an account active (reference 5), also when the account itself sets it: whoever made it so has
 * allowed that beforehand, so it is done in the name of the account above.
 */
async function begin({ parts }: Means, caller: Caller): Promise<void> {
  const { id, parentId } = caller.account
  const above = parentId === null ? undefined : await parts.identity.byAccountId(faceName, parentId, null)
  if (!above) refuse('permission.denied', { permission: 'status' })
  const { user, credentialId } = caller
  await parts.run(updateAccountOperation, { ...above, user, credentialId }, { id, status: 'active' })
  await parts.store.write(setFacet, {
    face: faceName,
    noun: 'account',
    id,
    account_id: id,
    data: '{}',
    updated_ms: parts.clock.nowMs(),
  })
}
