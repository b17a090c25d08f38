// Page numbers and the envelope around a page, with the vendor's quirks (reference 4.1): `num_pages` is the last page's
// index, `start` and `end` are texts, what is absent is the text "null", and XML's `total` is the number of pages.

import { skipOf } from '#operations/fields.ts'
import { refuse } from '#reasons/refusal.ts'
import type { Fields } from './fields.ts'

const usualPageSize = 50
/** More are not given at once: the envelope says how many were. */
const maxPageSize = 1000

export interface PageAsked {
  readonly page: number
  readonly pageSize: number
  readonly skip: number
}

/** Gives request.parameter_invalid, request.parameter_zero, request.page_too_deep. */
export function readPage(fields: Fields): PageAsked {
  const page = fields.count('Page', 0)
  const asked = fields.count('PageSize', usualPageSize)
  if (asked === 0) refuse('request.parameter_zero', { parameter: 'PageSize' })
  const pageSize = Math.min(asked, maxPageSize)
  return { page, pageSize, skip: skipOf(page, pageSize) }
}

export interface Envelope {
  readonly json: Readonly<Record<string, string | number | null>>
  readonly xml: Readonly<Record<string, string>>
}

/** The refusal of a page behind the last one, whose answer has no body. */
export const beyondLastPage = 'Page'

export interface PageShown {
  readonly asked: PageAsked
  readonly total: number
  readonly rows: number
  /** Sid of the last row: written into the next page's address, never read (reference 4.1). */
  readonly lastSid: string | undefined
  /** The list's own address. */
  readonly uri: string
  /** Filters and the order, which the addresses of other pages keep. */
  readonly filters: readonly (readonly [string, string])[]
  /** What stands where there is no such page: the vendor's text, or null where the operator switched that off. */
  readonly absent: string | null
}

/** Gives request.number_out_of_range for a page that is not there. */
export function envelopeOf({ asked, total, rows, lastSid, uri, filters, absent }: PageShown): Envelope {
  const { page, pageSize } = asked
  const last = Math.floor(total / pageSize)
  if (page > last) refuse('request.number_out_of_range', { parameter: beyondLastPage, value: String(page), max: last })
  const start = page * pageSize
  const end = page === last ? start + rows : start + pageSize - 1
  const kept = filters.map(([name, value]) => `&${name}=${encodeURIComponent(value)}`).join('')
  const at = (other: number, more = ''): string => `${uri}?Page=${other}&PageSize=${pageSize}${more}${kept}`
  const first = at(0)
  const previous = page === 0 ? absent : at(page - 1)
  const next = page === last ? absent : at(page + 1, lastSid === undefined ? '' : `&AfterSid=${lastSid}`)
  return {
    json: {
      page,
      num_pages: last,
      page_size: pageSize,
      total,
      start: String(start),
      end: String(end),
      uri,
      first_page_uri: first,
      previous_page_uri: previous,
      next_page_uri: next,
      last_page_uri: at(last),
    },
    xml: {
      page: String(page),
      numpages: String(last),
      pagesize: String(pageSize),
      total: String(last),
      start: String(start),
      end: String(end),
      uri,
      firstpageuri: first,
      previouspageuri: String(previous),
      nextpageuri: String(next),
      lastpageuri: at(last),
    },
  }
}

export interface SortAsked {
  readonly by: string
  readonly descending: boolean
}

/** `SortBy=Field` or `SortBy=Field:asc|desc` (reference 4.2). Gives request.parameter_invalid. */
export function readSort(fields: Fields, allowed: readonly string[]): SortAsked | undefined {
  const text = fields.text('SortBy')
  if (text === undefined) return undefined
  const [by = '', direction = 'asc', ...more] = text.split(':')
  if (!allowed.includes(by) || !['asc', 'desc'].includes(direction) || more.length > 0) {
    refuse('request.parameter_invalid', {
      parameter: 'SortBy',
      value: text.slice(0, 60),
      expected: `one of ${allowed.join(', ')}, with :asc or :desc behind it or nothing`,
    })
  }
  return { by, descending: direction === 'desc' }
}
