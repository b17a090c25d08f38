// Acting on an account below one's own: the same caller, another account.

import { refuse } from '#reasons/refusal.ts'
import type { Reader } from '#store/store.ts'
import { loadAccount } from './account.ts'
import { reaches, type Caller } from './caller.ts'

/** Gives resource.not_found for an account that is not there, and alike for one that the caller does not reach. */
export async function actFor(reader: Reader, caller: Caller, accountId: number): Promise<Caller> {
  if (accountId === caller.account.id) return caller
  const account = await loadAccount(reader, accountId)
  if (!account || !reaches(caller, account)) refuse('resource.not_found', { noun: 'account' })
  return { ...caller, account }
}
