// What the operations on one key share. Knows nothing of secrets.

import type { Caller } from '#accounts/caller.ts'
import { refuse } from '#reasons/refusal.ts'
import { readCredentialById, type CredentialRow } from '#store/credentials.ts'
import type { Reader } from '#store/store.ts'

/** A key of the caller's account. Gives resource.not_found. */
export async function keyOfAccount(read: Reader, caller: Caller, id: number): Promise<CredentialRow> {
  const row = await readCredentialById(read, id)
  if (!row || row.account_id !== caller.account.id) refuse('resource.not_found', { noun: 'key' })
  return row
}
