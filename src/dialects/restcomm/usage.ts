// Usage records (reference 11). What is counted is what is there: numbers. Calls, messages and the rest have no records
// before the first is made, and nothing is charged, so that their rows are truthful zeros.

import { listNumbersOperation } from '#operations/numbers/list-numbers.ts'
import type { NumberShown } from '#operations/numbers/number-view.ts'
import type { HttpAnswer } from '#protocols/http/exchange.ts'
import { refuse } from '#reasons/refusal.ts'
import { apiVersion, dayOf, dayText } from './formats.ts'
import type { Ask } from './knock.ts'
import { writeList, type Shown } from './write.ts'

interface Category {
  readonly description: string
  readonly usageUnit: string
  readonly countUnit: string
}

const calls = (description: string): Category => ({ description, usageUnit: 'minutes', countUnit: 'calls' })
const sms = (description: string): Category => ({ description, usageUnit: 'messages', countUnit: 'messages' })

const categories: Readonly<Record<string, Category>> = {
  calls: calls('Total Calls'),
  'calls-inbound': calls('Inbound Calls'),
  'calls-outbound': calls('Outbound Calls'),
  sms: sms('Total SMS'),
  'sms-inbound': sms('Inbound SMS'),
  'sms-outbound': sms('Outbound SMS'),
  phonenumbers: { description: 'Phone Numbers', usageUnit: 'numbers', countUnit: 'numbers' },
  recordings: { description: 'Recordings', usageUnit: 'minutes', countUnit: 'recordings' },
  transcriptions: { description: 'Transcriptions', usageUnit: 'minutes', countUnit: 'transcriptions' },
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

export const listUsage = (kind: string) =>
  async function listUsageOf(ask: Ask): Promise<HttpAnswer> {
    const { means, caller, json } = ask
    const category = categoryIn(ask)
    const today = startOf(means.parts.clock.nowMs(), 'day')
    const born = startOf(caller.account.createdMs, 'day')
    const from = boundIn(ask, 'StartDate', today, born)
    const to = boundIn(ask, 'EndDate', today, today)
    if (from > to) refuse('request.values_disagree', { parameter: 'StartDate', places: 'StartDate and EndDate' })
    const since = category === 'phonenumbers' ? await numbersSince(ask) : []
    const held = ({ first, last }: Bucket): number => (first > today ? 0 : since.filter((at) => at < last + dayMs).length)
    const row = (bucket: Bucket) => record(ask, kind, category, bucket, held(bucket))
    return writeList(json, 'UsageRecords', 'UsageRecord', bucketsOf(kind, { today, born, from, to, since }).map(row))
  }

interface Range {
  readonly today: number
  readonly born: number
  readonly from: number
  readonly to: number
  readonly since: readonly number[]
}

/** Stretches with nothing in them have no row, save where one row is all that is asked for. */
function bucketsOf(kind: string, { today, born, from, to, since }: Range): Bucket[] {
  const one = single[kind]
  if (one) return [one(today)]
  const span = spans[kind]
  if (!span) return [{ first: from, last: to }]
  const firstHeld = since[0]
  if (firstHeld === undefined) return []
  const buckets: Bucket[] = []
  // No account had anything before it was there, nor has it yet what comes after today.
  const last = Math.min(to, today)
  for (let at = startOf(Math.max(from, born, firstHeld), span); at <= last; at = after(at, span, 1)) {
    buckets.push({ first: Math.max(at, startOf(from, 'day')), last: Math.min(after(at, span, 1) - dayMs, last) })
  }
  return buckets
}

function record({ accountSid, json }: Ask, kind: string, category: string, { first, last }: Bucket, held: number): Shown {
  const { description, usageUnit, countUnit } = categories[category]!
  const start = dayText(first)
  const end = dayText(last)
  return {
    category,
    description,
    account_sid: accountSid,
    start_date: start,
    end_date: end,
    usage: String(held),
    usage_unit: usageUnit,
    count: String(held),
    count_unit: countUnit,
    price: '0.0',
    price_unit: 'USD',
    uri: `/${apiVersion}/Accounts/${accountSid}/Usage/Records/${kind}${json ? '.json' : ''}?Category=${category}&StartDate=${start}&EndDate=${end}`,
  }
}
