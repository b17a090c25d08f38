// The guard against toll fraud: which numbers an account may call at all. Closed by default are other countries, numbers that cost more
// than calls do as a rule, and those of satellites and of no country. Limits of calls and of spending stand in call-limits.ts.

import type { Account } from '#accounts/account.ts'
import { refuse } from '#reasons/refusal.ts'
import type { E164 } from '#values/e164.ts'

/** Numbers of no country: ITU-T E.164 Annex to OB. 870, 881 and 882 are of ships and satellites. */
const satellites = new Set(['870', '881', '882'])
const global = new Set(['808', '878', '883', '888', '979', '991'])

const risky = new Set(['premium', 'shared_cost', 'personal', 'pager'])

function riskOf({ callingCode, kind, country }: E164): string | undefined {
  if (satellites.has(callingCode)) return 'satellite'
  // Toll-free ones (800) are of no country either, and nobody earns with them.
  if (global.has(callingCode)) return 'global'
  return country !== undefined && risky.has(kind) ? kind : undefined
}

const begins = (list: readonly string[], number: string): boolean => list.some((one) => number.startsWith(one))

/** Gives call.called_not_allowed, destination.high_risk, destination.not_allowed. */
export function requireOpen({ settings }: Account, to: E164): void {
  const { voice, country } = settings
  const destination = to.number
  if (voice.called.length > 0 && !begins(voice.called, destination)) refuse('call.called_not_allowed', { number: destination })
  const risk = riskOf(to)
  if (risk !== undefined && !voice.riskClasses.includes(risk)) refuse('destination.high_risk', { destination, class: risk })
  if (voice.countries.includes('*') || to.country === country || risk !== undefined) return
  // Where several countries share a plan and the number does not tell, it is not known to be another country's.
  if (to.country === undefined || voice.countries.includes(to.country)) return
  refuse('destination.not_allowed', { destination, country: to.country })
}

/** Gives call.caller_not_whitelisted. */
export function requireCallerOpen({ settings: { voice } }: Account, from: string): void {
  if (voice.callers.length > 0 && !begins(voice.callers, from)) refuse('call.caller_not_whitelisted', { number: from })
}
