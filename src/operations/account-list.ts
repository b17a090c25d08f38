// A list of what an account has, or it and the accounts below: read from the rows at hand where nothing narrows it, and with its total kept.
// A narrowed one may look at many rows for a few: off the main thread and within its time, and counted only where that is asked for.

import { counted } from '#store/counters.ts'
import type { ListRequest } from '#store/list.ts'
import type { MaybePromise, Reader } from '#store/store.ts'
import { pageFrom, pageLimit } from './fields.ts'
import type { Means } from './operation.ts'

/** Several words in one parameter, as the filters of the store take them. */
export const anyOf = (words: readonly string[]): string => `,${words.join(',')},`

export interface ListAsked {
  readonly limit?: number | undefined
  readonly after?: number | undefined
  readonly skip?: number | undefined
  readonly oldestFirst?: boolean | undefined
  /** Of accounts below too. */
  readonly below?: boolean | undefined
  readonly sortBy?: string | undefined
  readonly descending?: boolean | undefined
  /** The total also of a list that is narrowed. */
  readonly counted?: boolean | undefined
}

interface Listing<R extends { readonly id: number }, V> {
  readonly noun: string
  list(reader: Reader, request: ListRequest): MaybePromise<readonly R[]>
  count(reader: Reader, request: Pick<ListRequest, 'scope' | 'where'>): MaybePromise<number>
  view(row: R): V
}

export async function accountList<R extends { readonly id: number }, V>(
  { caller, read, slow }: Pick<Means, 'caller' | 'read' | 'slow'>,
  asked: ListAsked,
  filters: Readonly<Record<string, unknown>>,
  { noun, list, count, view }: Listing<R, V>,
) {
  const { after, skip, oldestFirst, below, sortBy, descending = false } = asked
  const limit = pageLimit(asked.limit)
  const { id, path } = caller.account
  const where = { ...filters, ...(below && { within: path }) }
  const scope = below ? {} : { scope: id }
  const sort = sortBy === undefined ? undefined : { by: sortBy, descending }
  const narrowed = sort !== undefined || Object.values(where).some((value) => value !== undefined)
  const rows = await list(narrowed ? slow : read, { ...scope, after, skip, oldestFirst, limit: limit + 1, where, sort })
  const total = !narrowed ? await counted(read, id, noun) : asked.counted ? await count(slow, { ...scope, where }) : undefined
  return pageFrom(rows, limit, view, total)
}
