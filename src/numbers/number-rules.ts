// What regulation and the operator ask of whoever rents numbers of a place: which address, and which phones may call. What
// the platform knows by itself is the table below, by country and type; the operator's rules (a row each) go before it, the
// one for a region before the one for the country. No list of laws: where a country is missing nothing is asked for.

import type { NumberRuleRow } from '#store/number-rules.ts'
import type { NumberType } from './numbering-plan.ts'

export const addressNeeds = ['none', 'local', 'national', 'worldwide'] as const

/** local: in the number's region and country. national: in its country. worldwide: anywhere. */
export type AddressNeed = (typeof addressNeeds)[number]

export const callerTypes = ['ordinary', 'cellular', 'payphone'] as const
/** Kinds of phone that call toll-free numbers: lines, mobile phones, phones in public. */
export type CallerType = (typeof callerTypes)[number]

export interface Ruling {
  readonly address: AddressNeed
  readonly barredCallers: readonly CallerType[]
}

/** Where the plan's authority ties numbers to an address. */
export const addressNeedsByCountry: Readonly<Record<string, Readonly<Partial<Record<NumberType, AddressNeed>>>>> = {
  AT: { local: 'local', mobile: 'national' },
  AU: { local: 'national', mobile: 'national' },
  BE: { local: 'local', mobile: 'national' },
  BR: { local: 'local' },
  CH: { local: 'national', mobile: 'national' },
  CZ: { local: 'national' },
  DE: { local: 'local', national: 'national', mobile: 'national' },
  ES: { local: 'local', national: 'national' },
  FR: { local: 'national', national: 'national', mobile: 'national' },
  HK: { local: 'worldwide', mobile: 'worldwide' },
  IE: { local: 'local', national: 'worldwide' },
  IT: { local: 'local', national: 'national' },
  JP: { local: 'national', national: 'national' },
  NL: { local: 'local', national: 'national' },
  NO: { local: 'national' },
  PL: { local: 'local' },
  PT: { local: 'local' },
  SE: { local: 'national' },
}

export interface Ruled {
  readonly country: string
  readonly type: string
  readonly region: string
}

export function rulingOf(rules: readonly NumberRuleRow[], { country, type, region }: Ruled): Ruling {
  const own = rules.filter((rule) => rule.country === country && rule.type === type)
  const rule = own.find((one) => one.region === region) ?? own.find((one) => one.region === '')
  if (rule) return rulingIn(rule)
  return { address: addressNeedsByCountry[country]?.[type as NumberType] ?? 'none', barredCallers: [] }
}

export const rulingIn = (rule: Pick<NumberRuleRow, 'address' | 'barred_callers'>): Ruling => ({
  address: rule.address as AddressNeed,
  barredCallers: JSON.parse(rule.barred_callers) as CallerType[],
})
