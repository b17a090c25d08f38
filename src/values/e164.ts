// Telephone numbers in E.164, and what kind of address a sender is. A number's form is checked first, and the numbering plans of
// the world (libphonenumber's full data) asked once per number for as long as it is in use: a parse costs 20 us, a look-up one hundredth.
// Of a number that is written in E.164 already, length and calling code say enough for most who ask: the rest is parsed when it is read.
//
// Does not know which numbers exist, are ours or may be used; nor SMPP's type of number.

import { parsePhoneNumberFromString, type CountryCode, type NumberType } from 'libphonenumber-js/max'
import { septetsOf } from './gsm7.ts'
import { planOf } from './numbering-plans.ts'

export type NumberKind =
  | 'mobile'
  | 'local'
  /** In North America a number does not tell. */
  | 'local_or_mobile'
  | 'tollfree'
  | 'premium'
  | 'shared_cost'
  | 'voip'
  | 'personal'
  | 'pager'
  /** One number for a whole enterprise: universal access number. */
  | 'universal'
  | 'voicemail'
  | 'unknown'

export interface E164 {
  /** With +. */
  readonly number: string
  /** ISO 3166 alpha-2; undefined for numbers of no country (+800, +883), and where several share a plan and the number does not tell. */
  readonly country: string | undefined
  /** Without +. */
  readonly callingCode: string
  readonly national: string
  readonly kind: NumberKind
  /** Of a length that numbers there have. */
  readonly isPossible: boolean
  /** In a range that is assigned. */
  readonly isValid: boolean
}

const kinds: Readonly<Record<NonNullable<NumberType>, NumberKind>> = {
  MOBILE: 'mobile',
  FIXED_LINE: 'local',
  FIXED_LINE_OR_MOBILE: 'local_or_mobile',
  TOLL_FREE: 'tollfree',
  PREMIUM_RATE: 'premium',
  SHARED_COST: 'shared_cost',
  VOIP: 'voip',
  PERSONAL_NUMBER: 'personal',
  PAGER: 'pager',
  UAN: 'universal',
  VOICEMAIL: 'voicemail',
}

/** E.164 6.1: at most 15 digits, of which the first is no zero; + in front. */
const form = /^\+[1-9]\d{6,14}$/

/** True when it has the form; the cheap question. */
export const isE164Form = (text: string): boolean => form.test(text)

/**
 * Numbers that are in use, in two generations: when the young one is full, it is the old one, and what was not asked for since goes. A
 * single map from which the oldest is taken each time walks over all the places that it left empty.
 */
class Recent<Value> {
  readonly #young: number
  #now = new Map<string, Value>()
  #before = new Map<string, Value>()

  /** Keeps at least half as many, at most `limit`. */
  constructor(limit: number) {
    this.#young = limit / 2
  }

  get(key: string, make: (key: string) => Value): Value {
    let value = this.#now.get(key)
    if (value !== undefined) return value
    value = this.#before.get(key)
    if (value === undefined) value = make(key)
    if (this.#now.size >= this.#young) {
      this.#before = this.#now
      this.#now = new Map()
    }
    this.#now.set(key, value)
    return value
  }
}

/** A text longer than this is no number; it is not looked at, nor remembered. */
const longest = 40

/** What was no number is remembered as null. */
const recent = new Recent<E164 | null>(10_000)

/**
 * The number that a text is: E.164 with or without +, with the spaces and marks that people write, or the national form when a
 * country (ISO 3166 alpha-2) is given. Without +, the national reading is taken unless only the international one is valid.
 * Undefined when it is no number at all; `isPossible` and `isValid` say how good it is.
 */
export function parseE164(text: string, { country = '' }: { readonly country?: string } = {}): E164 | undefined {
  if (text.length > longest) return undefined
  return inForm(text) ?? parsed(text, country)
}

function parsed(text: string, country: string): E164 | undefined {
  return recent.get(`${country}:${text}`, () => parse(text.trim(), country)) ?? undefined
}

/** A number that is possible in any country of its calling code, and has no trunk prefix that would have to be taken off. */
class Formed implements E164 {
  readonly number: string
  readonly callingCode: string
  readonly national: string
  readonly isPossible = true
  readonly #country: string | undefined

  constructor(number: string, callingCode: string, country: string | undefined) {
    this.number = number
    this.callingCode = callingCode
    this.national = number.slice(callingCode.length + 1)
    this.#country = country
  }

  get country(): string | undefined {
    return this.#country ?? this.#whole.country
  }

  get kind(): NumberKind {
    return this.#whole.kind
  }

  get isValid(): boolean {
    return this.#whole.isValid
  }

  get #whole(): E164 {
    return parsed(this.number, '')!
  }
}

/** Undefined where only a parse can say whether it is possible. */
function inForm(text: string): E164 | undefined {
  if (!form.test(text)) return undefined
  const plan = planOf(text)
  if (!plan?.takes(text)) return undefined
  return new Formed(text, plan.callingCode, plan.country)
}

function parse(text: string, country: string): E164 | null {
  if (text.startsWith('+')) return read(text)
  const national = country === '' ? null : read(text, country.toUpperCase())
  if (national?.isValid) return national
  const international = read(`+${text}`)
  if (international?.isValid || !national) return international
  return !national.isPossible && international?.isPossible ? international : national
}

function read(text: string, country?: string): E164 | null {
  const parsed = parsePhoneNumberFromString(text, { defaultCountry: country as CountryCode | undefined, extract: false })
  if (!parsed || parsed.ext !== undefined) return null
  const type = parsed.getType()
  return {
    number: parsed.number,
    country: parsed.country,
    callingCode: parsed.countryCallingCode,
    national: parsed.nationalNumber,
    kind: type ? kinds[type] : 'unknown',
    isPossible: parsed.isPossible(),
    isValid: parsed.isValid(),
  }
}

/** What may stand as the sender of a message. `sender` is as it is kept: E.164 with +, digits, or letters. */
export type Sender =
  | { readonly kind: 'e164'; readonly sender: string }
  | { readonly kind: 'short_code'; readonly sender: string }
  | { readonly kind: 'alphanumeric'; readonly sender: string }
  | { readonly kind: 'invalid'; readonly problem: 'empty' | 'number' | 'too_long' | 'characters' | 'no_letter' }

/**
 * Which kind of sender a text is. 3 to 8 digits without + are a short code; more digits are a number. An alphanumeric one has at least one letter
 * and takes at most 11 septets of the default alphabet, controls excluded (3GPP TS 23.040 9.1.2.5: ten octets).
 */
export function senderOf(text: string): Sender {
  const trimmed = text.trim()
  if (trimmed === '') return { kind: 'invalid', problem: 'empty' }
  if (/^\d{3,8}$/.test(trimmed)) return { kind: 'short_code', sender: trimmed }
  if (/^\+?[\d\s().-]+$/.test(trimmed)) {
    const parsed = parseE164(trimmed)
    return parsed?.isPossible ? { kind: 'e164', sender: parsed.number } : { kind: 'invalid', problem: 'number' }
  }
  const septets = septetsOf(trimmed)
  if (septets < 0 || /\p{Cc}/u.test(trimmed)) return { kind: 'invalid', problem: 'characters' }
  if (septets > 11) return { kind: 'invalid', problem: 'too_long' }
  return /\p{L}/u.test(trimmed) ? { kind: 'alphanumeric', sender: trimmed } : { kind: 'invalid', problem: 'no_letter' }
}
