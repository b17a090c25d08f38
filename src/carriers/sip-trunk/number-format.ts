// How a carrier writes numbers, both ways. Ours are E.164 with +; what is no such number (a short code, a name) goes as it is.

import { isE164Form } from '#values/e164.ts'
import type { SipTrunkSettings } from './settings.ts'

export type NumberRules = Pick<
  SipTrunkSettings,
  'numbers' | 'countryCode' | 'nationalPrefix' | 'internationalPrefix' | 'strip' | 'prefix' | 'inboundStrip'
>

const without = (text: string, start: string): string =>
  start !== '' && text.startsWith(start) ? text.slice(start.length) : text

const bare = (digits: string): string => without(digits, '+')

/** A calling or called number in the carrier's way. */
export function numberOut(number: string, rules: NumberRules): string {
  if (!isE164Form(number)) return number
  if (rules.numbers === 'plus') return number
  const digits = number.slice(1)
  if (rules.numbers === 'digits') return digits
  const country = bare(rules.countryCode)
  return digits.startsWith(country)
    ? `${rules.nationalPrefix}${digits.slice(country.length)}`
    : `${rules.internationalPrefix}${digits}`
}

/** A called number as it is dialled over the trunk. */
export const dialled = (number: string, rules: NumberRules): string =>
  `${rules.prefix}${without(numberOut(number, rules), rules.strip)}`

/** A number of the carrier's as ours; what cannot be one stays as it came. */
export function numberIn(user: string, rules: NumberRules): string {
  const text = user.replace(/[\s().-]/g, '')
  if (!/^\+?\d{3,18}$/.test(text)) return user
  const number = asE164(text, rules)
  return isE164Form(number) ? number : user
}

/** A called number that came in. */
export const calledIn = (user: string, rules: NumberRules): string => numberIn(without(user, rules.inboundStrip), rules)

function asE164(text: string, rules: NumberRules): string {
  if (text.startsWith('+')) return text
  if (rules.numbers !== 'national') return `+${text}`
  const { internationalPrefix, nationalPrefix } = rules
  if (internationalPrefix !== '' && text.startsWith(internationalPrefix)) return `+${text.slice(internationalPrefix.length)}`
  const country = bare(rules.countryCode)
  if (nationalPrefix === '') return `+${country}${text}`
  return text.startsWith(nationalPrefix) ? `+${country}${text.slice(nationalPrefix.length)}` : text
}
