// Rate groups (reference 2.6): each route belongs to one, counted by user and application over 60 s, with a penalty
// window: a request beyond the limit starts the 60 s anew. An application's plan may set other numbers.

import type { CallerApp } from '#accounts/caller.ts'
import type { RateRule, Rates, RateState } from '#accounts/rates.ts'
import { refuse } from '#reasons/refusal.ts'

export type RateGroup = 'light' | 'medium' | 'heavy' | 'auth'

const usual: Readonly<Record<RateGroup, number>> = { light: 50, medium: 40, heavy: 10, auth: 5 }
export const windowMs = 60_000

/** Gives rate.plan_unresolved for an application that has no plan. */
function limitOf(app: CallerApp, group: RateGroup): number {
  const plan = app.detail['plan']
  if (plan === undefined || plan === null) refuse('rate.plan_unresolved', { application: app.clientId })
  const own = typeof plan === 'object' ? (plan as Record<string, unknown>)[group] : undefined
  return typeof own === 'number' && Number.isSafeInteger(own) && own > 0 ? own : usual[group]
}

/** `subject` is whoever asks through the application: a user, a name that wants to log in, an address. */
const ruleOf = (app: CallerApp, group: RateGroup, subject: string): RateRule => ({
  bucket: `rc ${app.credentialId} ${subject} ${group}`,
  limit: limitOf(app, group),
  windowMs,
  scope: 'api',
  penalty: true,
})

export interface GroupState {
  readonly group: RateGroup
  readonly state: RateState
}

/** Counts one request; `told` learns the state also when the limit is passed, for the headers of the 429. */
export async function takeGroup(
  rates: Rates,
  app: CallerApp,
  group: RateGroup,
  subject: string,
  told: (state: GroupState) => void,
): Promise<void> {
  const rule = ruleOf(app, group, subject)
  try {
    told({ group, state: await rates.take(rule) })
  } catch (error) {
    told({ group, state: { ...rates.peek(rule), remaining: 0 } })
    throw error
  }
}

/** Lower-case group, decimal strings, the window in seconds; also on the 429 itself. */
export const groupHeaders = ({ group, state }: GroupState): Record<string, string> => ({
  'x-rate-limit-group': group,
  'x-rate-limit-limit': String(state.limit),
  'x-rate-limit-remaining': String(state.remaining),
  'x-rate-limit-window': String(Math.round(state.windowMs / 1000)),
})
