// Pages of this vendor: `limit` 1 to 500, `offset` counts items, and an envelope with totals. Reference section 15.

import { maximumSkip } from '#operations/fields.ts'
import { refuse } from '#reasons/refusal.ts'

export interface PageWanted {
  readonly limit: number
  readonly skip: number
}

/** Gives request.number_out_of_range, request.parameter_invalid, request.page_too_deep. */
export function pageWanted(query: ReadonlyMap<string, string>): PageWanted {
  const limit = wholeNumber(query, 'limit', 20, 1, 500)
  const skip = wholeNumber(query, 'offset', 0, 0, Number.MAX_SAFE_INTEGER)
  if (skip > maximumSkip) refuse('request.page_too_deep', { limit: maximumSkip })
  return { limit, skip }
}

function wholeNumber(query: ReadonlyMap<string, string>, parameter: string, usual: number, min: number, max: number): number {
  const text = query.get(parameter)
  if (text === undefined || text === '') return usual
  if (!/^-?\d{1,15}$/.test(text))
    refuse('request.parameter_invalid', { parameter, value: text.slice(0, 60), expected: 'a whole number' })
  const value = Number(text)
  if (value < min || value > max) refuse('request.number_out_of_range', { parameter, value: text, min, max })
  return value
}

export function pageShown(items: readonly unknown[], { limit, skip }: PageWanted, total: number, matching: number): object {
  return {
    items,
    page: Math.floor(skip / limit) + 1,
    totalPages: Math.ceil(matching / limit),
    totalCount: total,
    totalFiltered: matching,
    hasPreviousPage: skip > 0,
    hasNextPage: skip + items.length < matching,
  }
}
