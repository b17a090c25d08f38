// What the numbering plans of the world say of a number, read from libphonenumber: its country, which types it can be, and
// the prefix that stands for a region where numbers belong to no place. Knows no stock; a plan lists ranges, not cities.

import { parsePhoneNumberFromString, type PhoneNumber } from 'libphonenumber-js/max'

export type NumberType = 'local' | 'tollfree' | 'mobile' | 'national'

/** The plans' words, each with what such a number may be sold as. */
const types: Readonly<Record<string, readonly NumberType[]>> = {
  FIXED_LINE: ['local'],
  FIXED_LINE_OR_MOBILE: ['local', 'mobile'],
  MOBILE: ['mobile'],
  TOLL_FREE: ['tollfree'],
  UAN: ['national'],
  SHARED_COST: ['national'],
  PERSONAL_NUMBER: ['national'],
  // Ranges for telephony over IP are sold as places in some countries, and as numbers of the whole country in others.
  VOIP: ['local', 'national'],
}

export interface Planned {
  /** E.164 with `+`. */
  readonly number: string
  /** ISO 3166 alpha-2; ZZ for numbers of no country. */
  readonly country: string
  /** What it may be sold as, the likeliest first; empty where the plan does not say. */
  readonly types: readonly NumberType[]
  /** The first digits of a toll-free or national number: what stands for its region. */
  readonly prefix: string
}

const prefixDigits = 3

/** Undefined for what cannot be a number. */
export function plannedNumber(text: string): Planned | undefined {
  const parsed: PhoneNumber | undefined = parsePhoneNumberFromString(text)
  if (!parsed?.isPossible()) return undefined
  return {
    number: parsed.number,
    country: parsed.country ?? 'ZZ',
    types: types[parsed.getType() ?? ''] ?? [],
    prefix: parsed.nationalNumber.slice(0, prefixDigits),
  }
}

/** Whether the plan allows it to be sold as that; what the plan does not say is left to whoever has the number. */
export const maySellAs = ({ types: planned }: Planned, type: NumberType): boolean =>
  planned.length === 0 || planned.includes(type)
