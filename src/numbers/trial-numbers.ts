// What an account on trial may not do with numbers: rent one of another country than its own, one that is neither
// geographic nor mobile, or more than a few.

import type { Account } from '#accounts/account.ts'
import { refuse } from '#reasons/refusal.ts'

type Tried = Pick<Account, 'kind' | 'settings'>

/** Gives trial.number_restricted, by the cause country or type. */
export function requireTrialMayRent(account: Tried, wanted: { number: string; country: string; type: string }): void {
  if (account.kind !== 'trial') return
  const { number, country, type } = wanted
  if (country !== account.settings.country) refuse('trial.number_restricted', { cause: 'country', number })
  if (type !== 'local' && type !== 'mobile') refuse('trial.number_restricted', { cause: 'type', number })
}

/** How many numbers the account may own. */
export const numbersAllowed = ({ kind, settings: { limits } }: Tried): number =>
  kind === 'trial' ? Math.min(limits.numbers, limits.trialNumbers) : limits.numbers

/** Gives trial.quota_reached, resource.limit_reached. */
export function refuseMoreNumbers(account: Tried): never {
  const limit = numbersAllowed(account)
  if (account.kind === 'trial') refuse('trial.quota_reached', { resource: 'numbers', limit })
  refuse('resource.limit_reached', { noun: 'number', limit })
}
