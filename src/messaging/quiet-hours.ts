// Quiet hours: whether a message may go out now by the clock on the wall, and if not, from when on. The clock is the
// account's, or every one that the recipient's country has: a number does not say where in its country it is, so a message
// goes out when it is quiet nowhere in it. Zones of a country come with the runtime (CLDR); nothing is looked up elsewhere.
//
// It works on a given moment and keeps nothing but offsets already worked out, a quarter of an hour each: no clock on earth
// changes between two quarters.

import { parsePhoneNumberFromString } from 'libphonenumber-js/max'
import type { QuietHours, Settings } from '#accounts/account.ts'

export interface QuietAsk {
  readonly kind: string
  /** E.164, or a short code, which has no country. */
  readonly recipient: string
}

export type QuietVerdict =
  | { readonly ok: true }
  /** It is to wait until then. */
  | { readonly ok: true; readonly dueMs: number }
  | { readonly ok: false; readonly reason: 'policy.quiet_hours'; readonly params: { readonly retryAfterMs: number } }

const minuteMs = 60_000
const quarterMs = 15 * minuteMs
const dayMinutes = 24 * 60
const now: QuietVerdict = { ok: true }

/** For a message that would go out at `atMs`: now, later or not at all. */
export function keepQuiet(
  settings: Pick<Settings, 'quietHours' | 'timezone'>,
  { kind, recipient }: QuietAsk,
  atMs: number,
): QuietVerdict {
  const { quietHours, timezone } = settings
  if (quietHours === null || !quietHours.kinds.includes(kind)) return now
  const country = quietHours.zone === 'recipient' ? countryOf(recipient) : undefined
  const until =
    (country === undefined ? undefined : quietUntil(quietHours, zonesOf(country), atMs)) ??
    quietUntil(quietHours, [timezone], atMs) ??
    atMs
  if (until <= atMs) return now
  if (quietHours.meanwhile === 'hold') return { ok: true, dueMs: until }
  return { ok: false, reason: 'policy.quiet_hours', params: { retryAfterMs: until - atMs } }
}

const minutesOf = (text: string): number => Number(text.slice(0, 2)) * 60 + Number(text.slice(3, 5))

/** A country of many zones may be quiet somewhere around the clock; after so long there is no moment for it. */
const lookAheadMs = 48 * 60 * minuteMs

/**
 * The first moment from `atMs` on at which it is quiet in none of the zones: `atMs` itself when it is not quiet now,
 * undefined when it always is somewhere.
 */
export function quietUntil(
  { from, to }: Pick<QuietHours, 'from' | 'to'>,
  zones: readonly string[],
  atMs: number,
): number | undefined {
  const begin = minutesOf(from)
  const length = (minutesOf(to) - begin + dayMinutes) % dayMinutes
  let moment = atMs
  while (moment - atMs <= lookAheadMs) {
    const longest = Math.max(
      0,
      ...offsetsOf(zones, moment).map((offset) => {
        const local = Math.floor(moment / minuteMs) + offset
        const since = (((local - begin) % dayMinutes) + dayMinutes) % dayMinutes
        return since < length ? length - since : 0
      }),
    )
    if (longest === 0) return moment
    moment = (Math.floor(moment / minuteMs) + longest) * minuteMs
  }
  return undefined
}

const formats = new Map<string, Intl.DateTimeFormat>()
/** Offsets of lists of zones: the latest quarter asked for. */
const offsets = new Map<readonly string[], { quarter: number; minutes: readonly number[] }>()
const single = new Map<string, readonly string[]>()

/** Minutes that the zones are ahead of UTC at a moment, each value once. */
function offsetsOf(zones: readonly string[], atMs: number): readonly number[] {
  const [first = 'UTC'] = zones
  let list = zones
  if (zones.length === 1) {
    list = single.get(first) ?? zones
    single.set(first, list)
  }
  const quarter = Math.floor(atMs / quarterMs)
  const known = offsets.get(list)
  if (known?.quarter === quarter) return known.minutes
  const minutes = [...new Set(list.map((zone) => offsetOf(zone, quarter * quarterMs)))]
  offsets.set(list, { quarter, minutes })
  return minutes
}

function offsetOf(zone: string, atMs: number): number {
  let format = formats.get(zone)
  if (!format) {
    format = formatOf(zone)
    formats.set(zone, format)
  }
  const parts: Record<string, number> = {}
  for (const { type, value } of format.formatToParts(atMs)) parts[type] = Number(value)
  const { year, month, day, hour, minute } = parts as Record<'year' | 'month' | 'day' | 'hour' | 'minute', number>
  return Math.round((Date.UTC(year, month - 1, day, hour, minute) - atMs) / minuteMs)
}

function formatOf(zone: string): Intl.DateTimeFormat {
  const asked = {
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
  } as const
  try {
    return new Intl.DateTimeFormat('en-US', { ...asked, timeZone: zone })
  } catch {
    // An account may have been given a name that is no zone; it is told nowhere else than by the clock that then counts.
    return new Intl.DateTimeFormat('en-US', { ...asked, timeZone: 'UTC' })
  }
}

const zones = new Map<string, readonly string[]>()

/** IANA zones of a country, as CLDR has them; empty when it is unknown. */
function zonesOf(country: string): readonly string[] {
  let known = zones.get(country)
  if (!known) {
    const locale = new Intl.Locale(`und-${country}`) as Intl.Locale & { getTimeZones?(): string[] | undefined }
    zones.set(country, (known = locale.getTimeZones?.() ?? []))
  }
  return known
}

function countryOf(recipient: string): string | undefined {
  if (!recipient.startsWith('+')) return undefined
  const country = parsePhoneNumberFromString(recipient)?.country
  return country !== undefined && zonesOf(country).length > 0 ? country : undefined
}
