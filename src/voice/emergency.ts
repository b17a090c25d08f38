// Numbers that people dial for help, by country: ITU-T E.161.1 recommends 112 and 911, which every network knows; the others are
// the national ones as the ITU lists them. Whether one can be reached is for routes: without one of its own it is refused as such.

import { parseE164 } from '#values/e164.ts'

const everywhere = new Set(['112', '911'])

const national: Readonly<Record<string, readonly string[]>> = {
  AR: ['100', '101', '107'],
  AT: ['122', '133', '144'],
  AU: ['000', '106'],
  BE: ['100', '101'],
  BR: ['190', '192', '193'],
  CH: ['117', '118', '144'],
  CL: ['131', '132', '133'],
  CN: ['110', '119', '120'],
  CO: ['123'],
  CZ: ['150', '155', '158'],
  DE: ['110'],
  ES: ['061', '080', '091'],
  FR: ['15', '17', '18'],
  GB: ['999'],
  HK: ['999'],
  HU: ['104', '105', '107'],
  ID: ['110', '113', '118'],
  IE: ['999'],
  IL: ['100', '101', '102'],
  IN: ['100', '101', '102', '108'],
  IT: ['113', '115', '118'],
  JP: ['110', '118', '119'],
  KR: ['119'],
  MY: ['999'],
  NO: ['110', '113'],
  NZ: ['111'],
  PL: ['997', '998', '999'],
  RU: ['101', '102', '103'],
  SG: ['995', '999'],
  TH: ['191', '199', '1669'],
  TR: ['110', '155'],
  TW: ['110', '119'],
  UA: ['101', '102', '103'],
  VN: ['113', '114', '115'],
  ZA: ['10111', '10177'],
}

/**
 * The number for help that this means, as it is dialled there; undefined for any other. Some put a + in front of whatever they dial, and some
 * a country's code: +911 and +1911 mean 911 all the same.
 */
export function emergencyNumber(dialled: string, country: string): string | undefined {
  const digits = dialled.startsWith('+') ? dialled.slice(1) : dialled
  if (everywhere.has(digits) || national[country]?.includes(digits)) return digits
  const whole = parseE164(dialled, { country })
  if (!whole || whole.isPossible) return undefined
  const { national: within, country: where = country } = whole
  return everywhere.has(within) || national[where]?.includes(within) ? within : undefined
}

/** Whether it is a number for help anywhere, as it is dialled there: what a route without + may be for. */
export const isEmergencyAnywhere = (digits: string): boolean =>
  everywhere.has(digits) || Object.values(national).some((numbers) => numbers.includes(digits))
