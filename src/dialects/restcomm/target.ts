// The account that a path names, by sid or e-mail address: one's own, or one below it (reference 2.2). One that is not
// there is 404, one out of reach 403: the vendor's clients rely on the difference.

import { loadAccount } from '#accounts/account.ts'
import { reaches, type Caller } from '#accounts/caller.ts'
import { refuse } from '#reasons/refusal.ts'
import type { Means } from './knock.ts'

/** Gives resource.not_found, permission.denied. */
export async function targetOf({ parts, sids }: Means, self: Caller, text: string): Promise<Caller> {
  const id = await sids.account(text)
  if (id === self.account.id) return self
  const account = id === undefined ? undefined : await loadAccount(parts.store, id)
  if (!account) refuse('resource.not_found', { noun: 'account', id: text.slice(0, 100) })
  if (!reaches(self, account)) refuse('permission.denied', { permission: 'this account' })
  return { ...self, account }
}
