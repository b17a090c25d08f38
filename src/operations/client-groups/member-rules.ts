// What holds for every member of a group: how it may be called, and which number it may call from.

import type { Caller } from '#accounts/caller.ts'
import { refuse } from '#reasons/refusal.ts'
import { readNumberByNumber } from '#store/numbers.ts'
import type { Reader } from '#store/store.ts'
import { e164 } from '../numbers/number-input.ts'

/** RFC 3261 8.1.1.3 gives one of them a meaning of its own; the others would pass for the platform. */
const reserved = new Set(['anonymous', 'operator', 'postmaster', 'root'])

/** Gives voip_user.invalid. */
export function requireMemberName(name: string): void {
  if (!/^[a-z0-9].*[a-z0-9]$/.test(name))
    refuse('voip_user.invalid', { parameter: 'name', fault: 'a name begins and ends with a letter or digit' })
  if (reserved.has(name)) refuse('voip_user.invalid', { parameter: 'name', fault: 'the name is reserved' })
}

/** The row's id of a number of the account. Gives number.invalid, number.not_found, number.not_occupied, number.not_owned. */
export async function ownNumber(read: Reader, caller: Caller, text: string): Promise<number> {
  const row = await readNumberByNumber(read, e164(text))
  if (!row) refuse('number.not_found', { number: text })
  if (row.account_id === null) refuse('number.not_occupied', { number: text })
  if (row.account_id !== caller.account.id) refuse('number.not_owned', { number: text })
  return row.id
}
