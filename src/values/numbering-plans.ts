// What a calling code alone says of its numbers: how long they are, and whose. For the many questions that need no more; a number that
// is short or long for some country of its code, or begins like a trunk prefix, is for the parser to judge.

import { getCountries, getCountryCallingCode, Metadata, type CountryCode } from 'libphonenumber-js/max'

/** libphonenumber has it, and its types do not. */
interface WholePlan {
  possibleLengths(): readonly number[]
  nationalPrefixForParsing(): string | undefined
}

export class NumberingPlan {
  readonly callingCode: string
  /** ISO 3166 alpha-2; undefined where several share the calling code. */
  readonly country: string | undefined
  /** Bit n: numbers of n digits after the calling code are possible in all of its countries. */
  readonly #lengths: number
  /** What national numbers begin with when they are dialled at home; the parser takes it off. */
  readonly #trunks: readonly RegExp[]

  constructor(callingCode: string, countries: readonly CountryCode[]) {
    this.callingCode = callingCode
    this.country = countries.length === 1 ? countries[0] : undefined
    const metadata = new Metadata()
    const trunks = new Set<string>()
    let lengths = -1
    for (const country of countries) {
      metadata.selectNumberingPlan(country)
      const plan = metadata.numberingPlan as unknown as WholePlan
      lengths &= plan.possibleLengths().reduce((bits, length) => bits | (1 << length), 0)
      const trunk = plan.nationalPrefixForParsing()
      if (trunk) trunks.add(trunk)
    }
    this.#lengths = lengths
    this.#trunks = [...trunks].map((trunk) => new RegExp(`^(?:${trunk})`))
  }

  /** Whether a number of this calling code, in E.164 with +, is possible as it stands. False: it may still be. */
  takes(number: string): boolean {
    const from = this.callingCode.length + 1
    if (((this.#lengths >>> (number.length - from)) & 1) === 0) return false
    const national = number.slice(from)
    return this.#trunks.every((trunk) => !trunk.exec(national)?.[0])
  }
}

let plans: Map<string, NumberingPlan> | undefined

function allPlans(): Map<string, NumberingPlan> {
  const countries = Map.groupBy(getCountries(), (country) => getCountryCallingCode(country) as string)
  return new Map([...countries].map(([code, its]) => [code, new NumberingPlan(code, its)]))
}

/** The plan of a number in E.164 with +; undefined for calling codes of no country. No code begins with another one. */
export function planOf(number: string): NumberingPlan | undefined {
  plans ??= allPlans()
  return plans.get(number.slice(1, 2)) ?? plans.get(number.slice(1, 3)) ?? plans.get(number.slice(1, 4))
}
