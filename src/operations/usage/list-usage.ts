import Type, { type Static } from 'typebox'
import { refuse } from '#reasons/refusal.ts'
import { dayMs, readUsage, readUsageOfTree, type UsageDayRow } from '#store/usage-days.ts'
import { OneOf, Optional } from '../fields.ts'
import { operation } from '../operation.ts'

const spans = ['day', 'month', 'year', 'all'] as const
type Span = (typeof spans)[number]

const Day = (description: string) => Type.String({ pattern: '^\\d{4}-\\d{2}-\\d{2}$', description })

const UsageView = Type.Object({
  from: Day('First day of the stretch, UTC.'),
  to: Day('Last day of it.'),
  service: Type.String({ description: 'sms, flash, mms, call, number, package ...' }),
  direction: OneOf(['out', 'in'], 'Going out or coming in.'),
  items: Type.Integer({ description: 'Messages, calls, numbers.' }),
  units: Type.Integer({ description: 'Segments, seconds, numbers.' }),
  priceMicro: Type.Integer({ description: 'What they cost, millionths of the currency.' }),
  currency: Type.String(),
})

export type UsageShown = Static<typeof UsageView>

const textOf = (day: number): string => new Date(day * dayMs).toISOString().slice(0, 10)

/** Days since 1970. Gives request.date_invalid. */
function dayIn(parameter: string, text: string): number {
  const ms = Date.parse(`${text}T00:00:00Z`)
  // The 30th of February is no day.
  if (Number.isNaN(ms) || textOf(ms / dayMs) !== text) refuse('request.date_invalid', { parameter, value: text })
  return ms / dayMs
}

/** First and last day of the stretch in which a day lies, within the days asked for. */
function stretchOf(span: Span, day: number, first: number, last: number): readonly [number, number] {
  if (span === 'all') return [first, last]
  if (span === 'day') return [day, day]
  const at = new Date(day * dayMs)
  const [year, month] = [at.getUTCFullYear(), at.getUTCMonth()]
  const from = Date.UTC(year, span === 'month' ? month : 0, 1) / dayMs
  const next = (span === 'month' ? Date.UTC(year, month + 1, 1) : Date.UTC(year + 1, 0, 1)) / dayMs
  return [Math.max(first, from), Math.min(last, next - 1)]
}

function grouped(rows: readonly UsageDayRow[], span: Span, first: number, last: number): UsageShown[] {
  const groups = new Map<string, { -readonly [K in keyof UsageShown]: UsageShown[K] }>()
  for (const row of rows) {
    const [from, to] = stretchOf(span, row.day, first, last)
    const key = `${from} ${row.service} ${row.direction} ${row.currency}`
    const group = groups.get(key)
    if (group) {
      group.items += row.items
      group.units += row.units
      group.priceMicro += row.price_micro
      continue
    }
    groups.set(key, {
      from: textOf(from),
      to: textOf(to),
      service: row.service,
      direction: row.direction as 'out',
      items: row.items,
      units: row.units,
      priceMicro: row.price_micro,
      currency: row.currency,
    })
  }
  return [...groups.values()]
}

const mostDays = 3660

/** What the account used, oldest first; stretches and services without any are absent. */
export const listUsageOperation = operation({
  name: 'usage.list',
  summary: 'List what was used',
  permission: 'credit.read',
  input: Type.Object(
    {
      from: Optional(Day("First day, UTC; the account's first unless told.")),
      to: Optional(Day('Last day; today unless told.')),
      by: Optional(OneOf(spans, 'Summed by; day unless told.')),
      below: Optional(Type.Boolean({ description: 'With all accounts below.' })),
    },
    { additionalProperties: false },
  ),
  output: Type.Object({ items: Type.Array(UsageView) }),
  reasons: ['request.date_invalid', 'request.values_disagree', 'request.parameter_invalid'],
  route: { method: 'GET', path: '/usage' },
  async run({ caller, slow, clock }, { from, to, by = 'day', below = false }) {
    const { account } = caller
    const today = Math.floor(clock.nowMs() / dayMs)
    const first = from === undefined ? Math.floor(account.createdMs / dayMs) : dayIn('from', from)
    const last = to === undefined ? Math.max(first, today) : dayIn('to', to)
    if (first > last) refuse('request.values_disagree', { parameter: 'from', places: 'from and to' })
    if (by === 'day' && last - first > mostDays) {
      refuse('request.parameter_invalid', { parameter: 'from', value: textOf(first), expected: `at most ${mostDays} days` })
    }
    const rows = await (below ? readUsageOfTree(slow, account.path, first, last) : readUsage(slow, account.id, first, last))
    return { items: grouped(rows, by, first, last) }
  },
})
