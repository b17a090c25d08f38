// AvailablePhoneNumbers (reference 9.2): what may be bought, as a bare array with names in camelCase. What the stock does
// not know of a number (its latitude, its postal code) cannot match, so that asking for it finds nothing.

import { getCountryCallingCode, isSupportedCountry } from 'libphonenumber-js/max'
import { listStockOperation } from '#operations/numbers/list-numbers.ts'
import type { NumberShown } from '#operations/numbers/number-view.ts'
import type { HttpAnswer } from '#protocols/http/exchange.ts'
import { refuse } from '#reasons/refusal.ts'
import type { Ask } from './knock.ts'
import type { NumberType } from './numbers.ts'
import { stateCodes } from './states.ts'
import { sent } from './urls.ts'
import { writeList, type Shown } from './write.ts'

const usualRange = 30
const maxRange = 1000
const step = 1000
/** How much of the stock one request looks through. */
const maxPages = 100

/** A telephone's keys (reference 9.2: letters stand for their digit). */
const keypad = ['', '', 'ABC', 'DEF', 'GHI', 'JKL', 'MNO', 'PQRS', 'TUV', 'WXYZ']
const keyOf = (letter: string): string => String(keypad.findIndex((letters) => letters.includes(letter)))

/** Digits as LIKE; `*` is one digit. Gives request.parameter_invalid. */
function contained(text: string): string {
  if (!/^\+?[0-9A-Za-z*]{1,20}$/.test(text))
    refuse('request.parameter_invalid', { parameter: 'Contains', value: text.slice(0, 60), expected: 'digits, letters and *' })
  const digits = text.toUpperCase().replaceAll(/[A-Z]/g, keyOf).replaceAll('*', '_')
  return text.startsWith('+') ? `${digits}%` : `%${digits}%`
}

/** Facts that the stock does not have. */
const unknownFacts = ['NearNumber', 'NearLatLong', 'InPostalCode', 'InLata']

const rateCenterOf = (region: string): string => region.toUpperCase().replaceAll(/[^A-Z]/g, '')
const regionOf = (state: string): string | undefined => stateCodes[state] ?? (state || undefined)

function view(number: NumberShown): Shown {
  const { voice, sms, mms, fax } = number.capabilities
  const northAmerican = number.state !== ''
  return sent({
    friendlyName: number.number,
    phoneNumber: number.number,
    rateCenter: northAmerican ? rateCenterOf(number.region) : undefined,
    region: regionOf(number.state),
    isoCountry: number.country,
    cost: (number.priceMicro / 1_000_000).toFixed(2),
    voiceCapable: voice || undefined,
    smsCapable: sms || undefined,
    mmsCapable: mms || undefined,
    faxCapable: fax || undefined,
  })
}

export const listAvailable = (type: NumberType) =>
  async function listAvailableOf(ask: Ask): Promise<HttpAnswer> {
    const { means, caller, fields, params, json } = ask
    const country = params['country']!.toUpperCase()
    if (!/^[A-Z]{2}$/.test(country))
      refuse('request.parameter_invalid', { parameter: 'IsoCountry', value: country.slice(0, 60), expected: 'two letters' })
    const needed = (['Voice', 'Sms', 'Mms', 'Fax'] as const)
      .filter((word) => fields.truth(`${word}Enabled`))
      .map((word) => word.toLowerCase() as 'voice')
    const size = Math.min(fields.count('RangeSize', usualRange), maxRange)
    const first = fields.count('RangeIndex', 0)
    const areaCode = fields.filled('AreaCode')
    if (areaCode !== undefined && !/^\d{1,8}$/.test(areaCode))
      refuse('request.parameter_invalid', { parameter: 'AreaCode', value: areaCode.slice(0, 60), expected: 'digits' })
    const contains = fields.filled('Contains')
    const region = fields.filled('InRegion')?.toUpperCase()
    const rateCenter = fields.filled('InRateCenter')
    const prefix =
      areaCode === undefined || !isSupportedCountry(country) ? undefined : `+${getCountryCallingCode(country)}${areaCode}`
    const number = contains === undefined ? prefix && `${prefix}%` : contained(contains)
    // No number in stock is for USSD.
    const nothing = fields.truth('UssdEnabled') === true || unknownFacts.some((name) => fields.filled(name) !== undefined)

    const fits = (one: NumberShown): boolean =>
      needed.every((use) => one.capabilities[use]) &&
      (prefix === undefined || one.number.startsWith(prefix)) &&
      (region === undefined || regionOf(one.state)?.toUpperCase() === region) &&
      (rateCenter === undefined || rateCenterOf(one.region) === rateCenterOf(rateCenter))

    const found: NumberShown[] = []
    let after: number | undefined
    // The rest of the list is read only as far as the range reaches.
    const enough = (first + 1) * size
    for (let pages = nothing ? maxPages : 0; pages < maxPages && found.length < enough; pages += 1) {
      const page = await means.parts.run(listStockOperation, caller, {
        country,
        type,
        limit: step,
        oldestFirst: true,
        ...sent({ number, after }),
      })
      found.push(...(page.items as unknown as NumberShown[]).filter(fits))
      if (page.next === null) break
      after = page.next
    }
    return writeList(json, 'AvailablePhoneNumbers', 'AvailablePhoneNumber', found.slice(first * size, enough).map(view))
  }
