// The whitelist: an account on trial reaches only the numbers it trusts.

import type { Account } from '#accounts/account.ts'
import { refuse } from '#reasons/refusal.ts'
import type { Reader } from '#store/store.ts'
import { readTrustedNumber } from '#store/trusted-numbers.ts'

/** `number` in E.164. Gives number.not_in_whitelist. */
export async function requireTrusted(
  read: Pick<Reader, 'one'>,
  { id, kind }: Pick<Account, 'id' | 'kind'>,
  number: string,
): Promise<void> {
  if (kind === 'trial' && !(await readTrustedNumber(read, id, number))) refuse('number.not_in_whitelist', { number })
}
