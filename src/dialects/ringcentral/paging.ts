// Lists in this dialect (reference 2.8): pages from 1, positions from 0, and navigation by canonical uris that keep the
// other query parameters. A perPage above the maximum is cut down silently.

import { skipOf } from '#operations/fields.ts'
import type { Pairs } from '#protocols/http/query.ts'
import { refuse } from '#reasons/refusal.ts'
import { json, type RingCentralKnock } from './knock.ts'
import { one } from './query-fields.ts'

export interface PageWanted {
  readonly page: number
  readonly perPage: number
  readonly skip: number
}

const maxPerPage = 1000
const usualPerPage = 100

function positive(query: Pairs, name: string, usual: number): number {
  const text = one(query, name)
  if (text === undefined) return usual
  const value = /^[0-9]{1,9}$/.test(text) ? Number(text) : 0
  if (value < 1)
    refuse('request.parameter_invalid', { parameter: name, value: text.slice(0, 100), expected: 'a whole number from 1' })
  return value
}

/** Gives request.parameter_invalid, request.page_too_deep. */
export function pageOf(query: Pairs): PageWanted {
  const page = positive(query, 'page', 1)
  const perPage = one(query, 'perPage') === 'max' ? maxPerPage : Math.min(maxPerPage, positive(query, 'perPage', usualPerPage))
  return { page, perPage, skip: skipOf(page - 1, perPage) }
}

export interface Listed<T> {
  readonly records: readonly T[]
  /** Whether there are rows after these. */
  readonly more: boolean
  /** Absent when nobody counted. */
  readonly total?: number | undefined
}

/** All rows at hand: cuts the page out. */
export function cut<T>(rows: readonly T[], wanted: PageWanted): Listed<T> {
  const records = rows.slice(wanted.skip, wanted.skip + wanted.perPage)
  return { records, more: rows.length > wanted.skip + records.length, total: rows.length }
}

/** `uri` is the list's canonical address without a query. */
export function listAnswer<T>(knock: RingCentralKnock, uri: string, wanted: PageWanted, listed: Listed<T>) {
  const { page, perPage, skip } = wanted
  const { records, more } = listed
  // Past the end of what nobody counted, nothing tells how much there is.
  const total = listed.total ?? (more || (records.length === 0 && page > 1) ? undefined : skip + records.length)
  const pages = total === undefined ? undefined : Math.max(1, Math.ceil(total / perPage))
  const at = (number: number) => {
    const kept = knock.query
      .filter(([name]) => !hidden.has(name))
      .concat([
        ['page', String(number)],
        ['perPage', String(perPage)],
      ])
    return { uri: `${uri}?${new URLSearchParams(kept)}` }
  }
  return json({
    uri: at(page).uri,
    records,
    paging: {
      page,
      perPage,
      ...(records.length > 0 && { pageStart: skip, pageEnd: skip + records.length - 1 }),
      ...(total !== undefined && { totalPages: pages, totalElements: total }),
    },
    navigation: {
      firstPage: at(1),
      ...(page > 1 && { previousPage: at(page - 1) }),
      ...(more && { nextPage: at(page + 1) }),
      ...(pages !== undefined && { lastPage: at(pages) }),
    },
  })
}

/** Never repeated in an address that is handed out. */
const hidden = new Set(['page', 'perPage', 'access_token', '_method'])
