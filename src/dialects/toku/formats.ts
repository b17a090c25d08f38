// How this vendor writes times and numbers: local time of the account without a zone, the zone's hours beside it in `gmt`
// (reference section 3), telephone numbers as digits without `+`, money as plain decimals.

import type { Account } from '#accounts/account.ts'
import { refuse } from '#reasons/refusal.ts'

const quarterMs = 15 * 60_000
const maxZones = 1000

interface Zone {
  readonly format: Intl.DateTimeFormat
  /** No zone changes its offset within a quarter of an hour. */
  quarter: number
  minutes: number
}

const zones = new Map<string, Zone>()

/** Minutes east of Greenwich. Throws a RangeError for a zone that nobody knows. */
function offsetMinutes(timezone: string, ms: number): number {
  let zone = zones.get(timezone)
  if (!zone) {
    if (zones.size >= maxZones) zones.clear()
    zone = {
      format: new Intl.DateTimeFormat('en-US', { timeZone: timezone, timeZoneName: 'longOffset' }),
      quarter: NaN,
      minutes: 0,
    }
    zones.set(timezone, zone)
  }
  const quarter = Math.floor(ms / quarterMs)
  if (zone.quarter !== quarter) {
    const text = zone.format.formatToParts(ms).find((part) => part.type === 'timeZoneName')!.value
    const found = /^GMT(?:([+-])(\d{2}):(\d{2})(?::\d{2})?)?$/.exec(text)!
    zone.minutes = found[1] === undefined ? 0 : (found[1] === '-' ? -1 : 1) * (Number(found[2]) * 60 + Number(found[3]))
    zone.quarter = quarter
  }
  return zone.minutes
}

/** Hours east of Greenwich: 8 is Singapore, 0 London in winter, 5.5 India. */
export function gmtOf(account: Account, ms: number): number {
  return offsetMinutes(account.settings.timezone, ms) / 60
}

/** `YYYY-MM-DD hh:mm:ss` in the account's zone. */
export function localTime(account: Account, ms: number): string {
  return new Date(ms + offsetMinutes(account.settings.timezone, ms) * 60_000).toISOString().slice(0, 19).replace('T', ' ')
}

const timePattern = '^\\d{4}-\\d{2}-\\d{2} \\d{2}:\\d{2}:\\d{2}$'

/** Ms UTC of a local time of the account. Gives request.date_invalid. */
export function readLocalTime(account: Account, parameter: string, text: string): number {
  const asUtc = new RegExp(timePattern).test(text) ? Date.parse(`${text.replace(' ', 'T')}Z`) : NaN
  // The 30th of February is read as a day in March.
  if (Number.isNaN(asUtc) || new Date(asUtc).toISOString().slice(0, 19).replace('T', ' ') !== text) {
    refuse('request.date_invalid', { parameter, value: text.slice(0, 40), expected: 'YYYY-MM-DD hh:mm:ss' })
  }
  const { timezone } = account.settings
  const near = asUtc - offsetMinutes(timezone, asUtc) * 60_000
  return asUtc - offsetMinutes(timezone, near) * 60_000
}

/** Digits with country code; the vendor writes no `+`. */
export const plainNumber = (number: string): string => (number.startsWith('+') ? number.slice(1) : number)

/** A number that is dialled in full: digits with country code; a leading + is taken (reference section 3). Others stay as they are. */
export const digitsOf = (text: string): string => (/^\d{7,15}$/.test(text) ? `+${text}` : text)

export const decimalOf = (micro: number): number => Number(micro) / 1_000_000

/** Micro-units of a price that came as a number or as its text; undefined when it is neither. */
export function microOf(price: unknown): number | undefined {
  const text = typeof price === 'number' ? String(price) : price
  if (typeof text !== 'string' || !/^\d{1,9}(?:\.\d{1,6})?$/.test(text)) return undefined
  return Math.round(Number(text) * 1_000_000)
}
