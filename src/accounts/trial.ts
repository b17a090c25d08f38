// Accounts on trial: how long. What each room lets them do stands in that room.

import { refuse } from '#reasons/refusal.ts'
import type { Account } from './account.ts'

/** For whatever costs money. Gives trial.expired. */
export function requireTrialRunning(
  { kind, settings: { trialEndsAt } }: Pick<Account, 'kind' | 'settings'>,
  nowMs: number,
): void {
  if (kind === 'trial' && trialEndsAt !== null && trialEndsAt <= nowMs)
    refuse('trial.expired', { expiredAt: new Date(trialEndsAt).toISOString() })
}
