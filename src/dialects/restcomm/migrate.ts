// Accounts and numbers moved to another organization, by the operator alone (reference 5 and 9.1). An organization is the
// tree below the account right under the operator's; what is moved there goes to that account.

import { actFor } from '#accounts/act-for.ts'
import { loadAccount } from '#accounts/account.ts'
import { moveAccountOperation } from '#operations/accounts/move-account.ts'
import { moveNumbersOperation } from '#operations/numbers/move-numbers.ts'
import type { HttpAnswer } from '#protocols/http/exchange.ts'
import { refuse } from '#reasons/refusal.ts'
import { accountView } from './account-view.ts'
import type { Ask } from './knock.ts'
import { writeNothing, writeOne } from './write.ts'

/** Gives request.parameter_missing, request.parameter_invalid, resource.not_found. */
async function organizationIn({ means: { parts, sids }, fields }: Ask, name: string): Promise<number> {
  const text = fields.required(name)
  if (!/^OR[0-9a-f]{32}$/i.test(text))
    refuse('request.parameter_invalid', { parameter: name, value: text.slice(0, 60), expected: 'sid of an organization' })
  const id = sids.read('OR', text)
  if (id === undefined || !(await loadAccount(parts.store, id))) refuse('resource.not_found', { noun: 'organization', id: text })
  return id
}

export async function migrateAccount(ask: Ask): Promise<HttpAnswer> {
  const { means, caller, self, json } = ask
  const { id } = caller.account
  const parentId = await organizationIn(ask, 'Organization')
  const moved = await means.parts.run(moveAccountOperation, self, { id, parentId })
  const there = await actFor(means.parts.store, self, id)
  return writeOne(json, 'Account', await accountView({ ...ask, caller: there }, moved))
}

export async function migrateNumbers(ask: Ask): Promise<HttpAnswer> {
  const { means, caller, self } = ask
  const to = await organizationIn(ask, 'OrganizationSid')
  await means.parts.run(moveNumbersOperation, self, { from: caller.account.id, to })
  return writeNothing(200)
}
