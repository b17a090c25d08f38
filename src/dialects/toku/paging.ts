// Pages (reference section 3): `page` from 1, `limit` from 1 to 100, 20 unless told; the reply adds `total` where it is known.

import { refuse } from '#reasons/refusal.ts'
import { skipOf } from '#operations/fields.ts'

export interface PageAsked {
  readonly limit: number
  readonly skip: number
}

const usualLimit = 20
const maxLimit = 100

/** Gives request.number_out_of_range, request.parameter_invalid, request.page_too_deep. */
export function pageAsked(query: Readonly<Record<string, unknown>>): PageAsked {
  const limit = wholeNumber(query, 'limit', usualLimit, maxLimit)
  return { limit, skip: skipOf(wholeNumber(query, 'page', 1, 1_000_000_000) - 1, limit) }
}

function wholeNumber(query: Readonly<Record<string, unknown>>, parameter: string, usual: number, max: number): number {
  const given = query[parameter]
  if (given === undefined) return usual
  const value = String(given).slice(0, 40)
  if (!/^\d{1,10}$/.test(value))
    refuse('request.parameter_invalid', { parameter, value, expected: `a whole number from 1 to ${max}` })
  const number = Number(value)
  if (number < 1 || number > max) refuse('request.number_out_of_range', { parameter, value, min: 1, max })
  return number
}

/** The total is known from a counter, or because the last page was reached. */
export function totalOf(
  page: { readonly items: readonly unknown[]; readonly next: number | null; readonly total?: number | undefined },
  { skip }: PageAsked,
): { total?: number } {
  if (page.total !== undefined) return { total: page.total }
  return page.next === null && (page.items.length > 0 || skip === 0) ? { total: skip + page.items.length } : {}
}
