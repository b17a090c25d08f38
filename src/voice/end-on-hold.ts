// An account that is put on hold, or closed, has no calls any more: those that are up on this node end with why.

import type { Account } from '#accounts/account.ts'
import { Refusal, refusal } from '#reasons/refusal.ts'
import type { MaybePromise } from '#store/store.ts'
import { requireActive } from './admit-call.ts'
import type { Calls } from './calls.ts'

export interface EndOnHoldParts {
  readonly calls: Pick<Calls, 'accounts' | 'ofAccount'>
  accountOf(id: number): MaybePromise<Account | undefined>
}

/** To be asked whenever an account changed. */
export async function endOnHold({ calls, accountOf }: EndOnHoldParts): Promise<void> {
  for (const id of calls.accounts()) {
    const account = await accountOf(id)
    const why = account ? whyNot(account) : refusal('account.not_active', { state: 'closed' })
    if (why) for (const call of calls.ofAccount(id)) call.hangUp(why, 'platform')
  }
}

function whyNot(account: Account): Refusal | undefined {
  try {
    requireActive(account)
    return undefined
  } catch (error) {
    if (error instanceof Refusal) return error
    throw error
  }
}
