// Usage records (reference 11), summed from what the core counted by day. Numbers are counted as they are held, not as they
// were bought. Prices are told in the account's currency; what was charged in another has no place in a row.

import { listNumbersOperation } from '#operations/numbers/list-numbers.ts'
import type { NumberShown } from '#operations/numbers/number-view.ts'
import { listUsageOperation, type UsageShown } from '#operations/usage/list-usage.ts'
import type { HttpAnswer } from '#protocols/http/exchange.ts'
import { refuse } from '#reasons/refusal.ts'
import { decimalOf } from '#values/money.ts'
import { apiVersion, dayOf, dayText } from './formats.ts'
import type { Ask } from './knock.ts'
import { writeList, type Shown } from './write.ts'

interface Category {
  readonly description: string
  readonly usageUnit: string
  readonly countUnit: string
  /** Which of the core's services are in it; absent: all. */
  readonly services?: readonly string[]
  readonly direction?: 'out' | 'in'
}

type Direction = Category['direction']

const calls = (description: string, direction?: Direction): Category => ({
  description,
  usageUnit: 'minutes',
  countUnit: 'calls',
  services: ['call'],
  ...(direction && { direction }),
})
const messages = (description: string, services: readonly string[], direction?: Direction): Category => ({
  description,
  usageUnit: 'messages',
  countUnit: 'messages',
  services,
  ...(direction && { direction }),
})
const sms = ['sms', 'flash']

const categories: Readonly<Record<string, Category>> = {
  calls: calls('Total Calls'),
  'calls-inbound': calls('Inbound Calls', 'in'),
  'calls-outbound': calls('Outbound Calls', 'out'),
  sms: messages('Total SMS', sms),
  'sms-inbound': messages('Inbound SMS', sms, 'in'),
  'sms-outbound': messages('Outbound SMS', sms, 'out'),
  mms: messages('Total MMS', ['mms']),
  'mms-inbound': messages('Inbound MMS', ['mms'], 'in'),
  'mms-outbound': messages('Outbound MMS', ['mms'], 'out'),
  phonenumbers: { description: 'Phone Numbers', usageUnit: 'numbers', countUnit: 'numbers', services: ['number'] },
  recordings: { description: 'Recordings', usageUnit: 'minutes', countUnit: 'recordings', services: ['recording'] },
  transcriptions: {
    description: 'Transcriptions',
    usageUnit: 'minutes',
    countUnit: 'transcriptions',
    services: ['transcription'],
  },
  totalprice: { description: 'Total Price', usageUnit: 'usd', countUnit: '' },
}

/** In the documented form or as the open server's own names: `calls-inbound`, `CALLS_INBOUND` (reference 11). */
function categoryIn({ fields }: Ask): string {
  const text = fields.filled('Category') ?? 'calls'
  const name = text.toLowerCase().replaceAll('_', '-')
  if (!Object.hasOwn(categories, name))
    refuse('request.parameter_invalid', {
      parameter: 'Category',
      value: text.slice(0, 60),
      expected: `one of ${Object.keys(categories).join(', ')}`,
    })
  return name
}

const dayMs = 24 * 60 * 60_000
const maxOffsetDays = 100_000

/** A day, or an offset in days from today (reference 11): `-30days`, `+1`. */
function boundIn({ fields }: Ask, name: string, today: number, usual: number): number {
  const text = fields.filled(name)
  if (text === undefined) return usual
  const offset = /^([+-]\d{1,6})(?:days?)?$/.exec(text)
  if (offset && Math.abs(Number(offset[1])) <= maxOffsetDays) return today + Number(offset[1]) * dayMs
  return dayOf(name, text)
}

/** A stretch of days, both ends in it. */
interface Bucket {
  readonly first: number
  readonly last: number
}

const midnight = (year: number, month: number, day: number): number => Date.UTC(year, month, day)

type Span = 'day' | 'month' | 'year'

function startOf(ms: number, span: Span): number {
  const at = new Date(ms)
  return midnight(at.getUTCFullYear(), span === 'year' ? 0 : at.getUTCMonth(), span === 'day' ? at.getUTCDate() : 1)
}

function after(ms: number, span: Span, count: number): number {
  const at = new Date(startOf(ms, span))
  return midnight(
    at.getUTCFullYear() + (span === 'year' ? count : 0),
    at.getUTCMonth() + (span === 'month' ? count : 0),
    at.getUTCDate() + (span === 'day' ? count : 0),
  )
}

const whole = (ms: number, span: Span): Bucket => ({ first: startOf(ms, span), last: after(ms, span, 1) - dayMs })

/** One row at the most: these name a stretch by itself. */
const single: Readonly<Record<string, (today: number) => Bucket>> = {
  Today: (today) => whole(today, 'day'),
  Yesterday: (today) => whole(today - dayMs, 'day'),
  ThisMonth: (today) => whole(today, 'month'),
  LastMonth: (today) => whole(after(today, 'month', -1), 'month'),
}

const spans: Readonly<Record<string, Span>> = { Daily: 'day', Monthly: 'month', Yearly: 'year' }

export const usageKinds = ['AllTime', ...Object.keys(single), ...Object.keys(spans)]

const step = 1000

/** When each number came to the account, oldest first. */
async function numbersSince({ means: { parts }, caller }: Ask): Promise<number[]> {
  const since: number[] = []
  let next: number | undefined
  do {
    const page = await parts.run(listNumbersOperation, caller, {
      limit: step,
      oldestFirst: true,
      ...(next !== undefined && { after: next }),
    })
    for (const number of page.items as unknown as NumberShown[]) since.push(number.boughtAt ?? number.updatedAt)
    next = page.next ?? undefined
  } while (next !== undefined)
  return since.toSorted((a, b) => a - b)
}

/** What was used on a day, in ms of its beginning. */
interface Used extends UsageShown {
  readonly at: number
}

/** What of the category was used on these days, oldest first. */
async function usedIn({ means, caller }: Ask, { services, direction }: Category, { first, last }: Bucket): Promise<Used[]> {
  if (first > last) return []
  const { items } = await means.parts.run(listUsageOperation, caller, { from: dayText(first), to: dayText(last), by: 'day' })
  return (items as unknown as UsageShown[])
    .filter((item) => (services?.includes(item.service) ?? true) && (direction ?? item.direction) === item.direction)
    .map((item) => ({ ...item, at: Date.parse(item.from) }))
}

export const listUsage = (kind: string) =>
  async function listUsageOf(ask: Ask): Promise<HttpAnswer> {
    const { means, caller, json } = ask
    const name = categoryIn(ask)
    const category = categories[name]!
    const today = startOf(means.parts.clock.nowMs(), 'day')
    const born = startOf(caller.account.createdMs, 'day')
    const from = boundIn(ask, 'StartDate', today, born)
    const to = boundIn(ask, 'EndDate', today, today)
    if (from > to) refuse('request.values_disagree', { parameter: 'StartDate', places: 'StartDate and EndDate' })
    const since = name === 'phonenumbers' ? await numbersSince(ask) : undefined
    const wanted = single[kind]?.(today) ?? { first: from, last: to }
    // No account had anything before it was there, nor has it yet what comes after today.
    const used = await usedIn(ask, category, { first: Math.max(wanted.first, born), last: Math.min(wanted.last, today) })
    const firstHeld = since ? since[0] : used[0]?.at
    const buckets = bucketsOf(kind, { today, born, from, to, firstHeld })
    const rows = buckets.flatMap((bucket) => {
      const within = used.filter(({ at }) => at >= bucket.first && at <= bucket.last)
      // Stretches with nothing in them have no row, save where one row is all that is asked for.
      if (kind in spans && !since && within.length === 0) return []
      const held = since && (bucket.first > today ? 0 : since.filter((at) => at < bucket.last + dayMs).length)
      return [record(ask, kind, name, bucket, sumOf(category, within, held, caller.account.settings.currency))]
    })
    return writeList(json, 'UsageRecords', 'UsageRecord', rows)
  }

interface Sum {
  readonly usage: string
  readonly count: string
  readonly price: string
  readonly currency: string
}

function sumOf({ usageUnit, services }: Category, used: readonly Used[], held: number | undefined, currency: string): Sum {
  const items = held ?? used.reduce((sum, one) => sum + one.items, 0)
  const units = used.reduce((sum, one) => sum + one.units, 0)
  const micro = used.reduce((sum, one) => sum + (one.currency === currency ? one.priceMicro : 0), 0)
  const price = decimalOf(micro, 1)
  if (!services) return { usage: price, count: '0', price, currency }
  // Minutes are those begun of all seconds together (reference 11).
  const usage = usageUnit === 'minutes' ? Math.ceil(units / 60) : items
  return { usage: String(usage), count: String(items), price, currency }
}

interface Range {
  readonly today: number
  readonly born: number
  readonly from: number
  readonly to: number
  /** When there was anything for the first time. */
  readonly firstHeld: number | undefined
}

function bucketsOf(kind: string, { today, born, from, to, firstHeld }: Range): Bucket[] {
  const one = single[kind]
  if (one) return [one(today)]
  const span = spans[kind]
  if (!span) return [{ first: from, last: to }]
  if (firstHeld === undefined) return []
  const buckets: Bucket[] = []
  const last = Math.min(to, today)
  for (let at = startOf(Math.max(from, born, firstHeld), span); at <= last; at = after(at, span, 1)) {
    buckets.push({ first: Math.max(at, startOf(from, 'day')), last: Math.min(after(at, span, 1) - dayMs, last) })
  }
  return buckets
}

function record({ accountSid, json }: Ask, kind: string, category: string, { first, last }: Bucket, sum: Sum): Shown {
  const { description, usageUnit, countUnit } = categories[category]!
  const start = dayText(first)
  const end = dayText(last)
  return {
    category,
    description,
    account_sid: accountSid,
    start_date: start,
    end_date: end,
    usage: sum.usage,
    usage_unit: category === 'totalprice' ? sum.currency.toLowerCase() : usageUnit,
    count: sum.count,
    count_unit: countUnit,
    price: sum.price,
    price_unit: sum.currency,
    uri: `/${apiVersion}/Accounts/${accountSid}/Usage/Records/${kind}${json ? '.json' : ''}?Category=${category}&StartDate=${start}&EndDate=${end}`,
  }
}
