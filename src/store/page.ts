// Lists in pages, newest first by id. A page starts after the last id of the page before (keyset), so that it stays
// correct while rows are added and costs the same at any depth. A page number, where a vendor wants one, becomes a
// bounded skip: beyond `maximumSkip` rows the caller refuses.

import type { Statement } from './statement.ts'
import type { Reader } from './store.ts'

export const maximumSkip = 10_000

export interface PageAsk {
  /** Rows a page, at least 1. */
  readonly limit: number
  /** The id of the last row of the page before. */
  readonly after?: number | undefined
  /** Rows to skip; for page numbers only. */
  readonly skip?: number | undefined
}

/** The parameters every list statement has: `id < after`, newest first, `limit` rows after `skip`. */
export interface PageParams {
  after: number
  limit: number
  skip: number
}

export interface Page<R> {
  readonly rows: R[]
  /** The id to go on after; absent on the last page. */
  readonly next: number | undefined
}

/** One row more than asked for is read, to know whether there is another page. */
export function pageParams(ask: PageAsk): PageParams {
  const skip = ask.skip ?? 0
  if (skip > maximumSkip) throw new RangeError(`a skip of ${skip} rows is beyond ${maximumSkip}; the caller refuses it`)
  return { after: ask.after ?? Number.MAX_SAFE_INTEGER, limit: ask.limit + 1, skip }
}

export function pageOf<R extends { id: number }>(found: R[], limit: number): Page<R> {
  if (found.length <= limit) return { rows: found, next: undefined }
  const rows = found.slice(0, limit)
  return { rows, next: rows.at(-1)?.id }
}

/** Runs a list statement for one page. */
export async function readPage<P extends object, R extends { id: number }>(
  reader: Pick<Reader, 'all'>,
  list: Statement<P & PageParams, R>,
  params: P,
  ask: PageAsk,
): Promise<Page<R>> {
  return pageOf(await reader.all(list, { ...params, ...pageParams(ask) }), ask.limit)
}
