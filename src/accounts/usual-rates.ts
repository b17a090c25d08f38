// The rate limits that hold at every face: the platform's, the account's and the key's, by the second.

import { readRootAccount } from '#store/accounts.ts'
import type { Store } from '#store/store.ts'
import { accountFrom } from './account.ts'
import type { Caller } from './caller.ts'
import type { Rates, RateState } from './rates.ts'

const windowMs = 1000

export interface RateParts {
  readonly rates: Rates
  readonly store: Store
}

const platformLimits = new WeakMap<Store, { limit: number | undefined }>()

/** The root account's limit for everybody together, read again whenever an account changed. */
function platformLimit(store: Store): number | Promise<number> {
  let kept = platformLimits.get(store)
  if (!kept) {
    const fresh: { limit: number | undefined } = { limit: undefined }
    kept = fresh
    platformLimits.set(store, fresh)
    store.onChange((nouns) => {
      if (nouns.has('accounts') || nouns.has('*')) fresh.limit = undefined
    })
  }
  return kept.limit ?? readLimit(store, kept)
}

async function readLimit(store: Store, kept: { limit: number | undefined }): Promise<number> {
  const root = await readRootAccount(store)
  const limit = root ? accountFrom([root]).settings.limits.platformPerSecond : 0
  kept.limit = limit
  return limit
}

/**
 * Counts one request of the caller. Gives rate.platform_limit_exceeded, or rate.limit_exceeded with scope `account` or
 * `api`. What comes back is the state of the key's window, the one clients are told.
 */
export async function takeUsualRates({ rates, store }: RateParts, caller: Caller): Promise<RateState> {
  const { keyPerSecond, accountPerSecond } = caller.home.settings.limits
  const known = platformLimit(store)
  const platform = typeof known === 'number' ? known : await known
  if (platform > 0) await rates.take({ bucket: 'platform', limit: platform, windowMs, scope: 'platform' })
  // In one process both are counters, and there is nothing to wait for.
  const taken = rates.take({ bucket: caller.keyName, limit: keyPerSecond, windowMs, scope: 'api' })
  const state = taken instanceof Promise ? await taken : taken
  const ofAccount = rates.take({ bucket: `account ${caller.home.id}`, limit: accountPerSecond, windowMs, scope: 'account' })
  if (ofAccount instanceof Promise) await ofAccount
  return state
}

/** The headers of draft-ietf-httpapi-ratelimit-headers in their older, widely read form. */
export function rateHeaders(state: RateState): Record<string, string> {
  return {
    'ratelimit-limit': String(state.limit),
    'ratelimit-remaining': String(state.remaining),
    'ratelimit-reset': String(Math.ceil(state.resetMs / 1000)),
  }
}
