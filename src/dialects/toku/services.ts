// The services that a number can serve, by the names that webhooks use as `service_name` (reference section 5). Each stands
// on a feature of the account and needs a capability of the number. One-time passwords are not built, so their service exists nowhere.

import type { features } from '#accounts/account.ts'
import type { Caller } from '#accounts/caller.ts'
import { refuse } from '#reasons/refusal.ts'

export interface TokuService {
  /** The account feature that switches it on. */
  readonly feature: (typeof features)[number]
  readonly capability: 'voice' | 'sms'
  /** Its numbers put parties through to each other who do not see each other. */
  readonly masks?: true
}

export const services: Readonly<Record<string, TokuService>> = {
  CALL_FORWARD: { feature: 'voice', capability: 'voice' },
  PROGRAMMABLE_CALL: { feature: 'voice', capability: 'voice' },
  PROGRAMMABLE_VOIP: { feature: 'voice', capability: 'voice' },
  SECRET_NUMBER: { feature: 'masking', capability: 'voice', masks: true },
  SMS: { feature: 'sms', capability: 'sms' },
}

/** Gives service.id_invalid for what cannot be the id of a service. */
export function requireServiceId(value: string): void {
  if (!/^[A-Z][A-Z_]{1,31}$/.test(value)) refuse('service.id_invalid', { value: value.slice(0, 60) })
}

/** Gives service.not_found: it exists nowhere, or is switched off for the account (reference section 15, -1200). */
export function serviceOf(caller: Caller, name: string): TokuService {
  const found = Object.hasOwn(services, name) ? services[name] : undefined
  if (!found || !caller.account.settings.features.includes(found.feature)) refuse('service.not_found', { service: name })
  return found
}
