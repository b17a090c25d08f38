// Lists by key: newest first, from a key downwards, so that a page stays right while rows are added. One statement
// is compiled for each set of filters in use. `skip` serves vendors' page numbers and is bounded by its callers.

import { sql, type Expression, type RawBuilder, type SqlBool } from 'kysely'
import type { MaybePromise, Reader } from './store.ts'
import type { Row, Schema } from './schema.ts'
import { bind, statement, type Statement } from './statement.ts'

export interface ListRequest {
  /** Value of the scope column, the account as a rule; undefined lists over all. */
  readonly scope?: number | null
  /** Rows older than this id (newest first) or newer (oldest first). */
  readonly after?: number | undefined
  readonly limit: number
  readonly skip?: number | undefined
  readonly oldestFirst?: boolean | undefined
  /** Absent or undefined filters do not narrow. */
  readonly where?: Readonly<Record<string, unknown>>
  /** Instead of by key, by one of the list's sortable expressions; then `after` does not apply. */
  readonly sort?: { readonly by: string; readonly descending: boolean } | undefined
}

type Narrow = (query: any, bound: any) => any

/** A filter that compares a column with the given value. */
export const equal =
  (column: string): Narrow =>
  (query, bound) =>
    query.where(column, '=', bound)

/**
 * SQL LIKE (`%`, `_`), case as the engine has it. A backslash is text: to SQLite it is, to PostgreSQL it would escape what
 * follows, so it is written twice and named as what escapes.
 */
export const isLike = (what: string | RawBuilder<string>, bound: unknown): RawBuilder<SqlBool> =>
  sql<SqlBool>`${typeof what === 'string' ? sql.ref(what) : what} like replace(${bound}, '\\', '\\\\') escape '\\'`

/** A filter by SQL LIKE. */
export const like =
  (column: string): Narrow =>
  (query, bound) =>
    query.where(isLike(column, bound))

export const atLeast =
  (column: string): Narrow =>
  (query, bound) =>
    query.where(column, '>=', bound)

export const below =
  (column: string): Narrow =>
  (query, bound) =>
    query.where(column, '<', bound)

export const isNull =
  (column: string): Narrow =>
  (query) =>
    query.where(column, 'is', null)

export type List<T extends keyof Schema> = (reader: Reader, request: ListRequest) => MaybePromise<Row<T>[]>

/** `key` is the column that orders and cuts the list; it must be unique within the scope. */
export function listOf<T extends keyof Schema>(
  table: T,
  scope: string,
  filters: Readonly<Record<string, Narrow>> = {},
  key = 'id',
  sortable: Readonly<Record<string, Expression<unknown>>> = {},
): List<T> {
  const statements = new Map<string, Statement<Record<string, unknown>, Row<T>>>()
  return (reader, request) => {
    const given = Object.keys(filters).filter((name) => request.where?.[name] !== undefined)
    const { sort } = request
    const shape = [
      sort ? `${sort.by} ${sort.descending}` : '',
      request.oldestFirst ? 'up' : 'down',
      request.scope === undefined ? 'all' : request.scope === null ? 'none' : 'one',
      ...given,
    ].join()
    let made = statements.get(shape)
    if (!made) {
      made = statement<Record<string, unknown>, Row<T>>((db) => {
        let query: any = db.selectFrom(table as 'accounts').selectAll()
        if (request.scope === null) query = query.where(scope, 'is', null)
        else if (request.scope !== undefined) query = query.where(scope, '=', bind('scope'))
        for (const name of given) query = filters[name]!(query, bind(`f_${name}`))
        const expression = sort && sortable[sort.by]
        if (sort && !expression) throw new Error(`${table} cannot be sorted by ${sort.by}`)
        if (expression) query = query.orderBy(expression, sort.descending ? 'desc' : 'asc').orderBy(key, 'asc')
        else
          query = query
            .where(key, request.oldestFirst ? '>' : '<', bind('after'))
            .orderBy(key, request.oldestFirst ? 'asc' : 'desc')
        return query.limit(bind('limit')).offset(bind('skip'))
      })
      statements.set(shape, made)
    }
    const params: Record<string, unknown> = {
      scope: request.scope,
      after: request.after ?? (request.oldestFirst ? -1 : Number.MAX_SAFE_INTEGER),
      limit: request.limit,
      skip: request.skip ?? 0,
    }
    for (const name of given) params[`f_${name}`] = request.where![name]
    return reader.all(made, params)
  }
}

/** How many rows a list with these filters has: for vendors that tell it with each page. A scan of the scope; unfiltered totals are counters. */
export function countOf<T extends keyof Schema>(
  table: T,
  scope: string,
  filters: Readonly<Record<string, Narrow>> = {},
): (reader: Reader, request: { scope?: number; where: Readonly<Record<string, unknown>> }) => Promise<number> {
  const statements = new Map<string, Statement<Record<string, unknown>, { n: number }>>()
  return async (reader, { scope: value, where }) => {
    const given = Object.keys(filters).filter((name) => where[name] !== undefined)
    const shape = [value === undefined ? 'all' : 'one', ...given].join()
    let made = statements.get(shape)
    if (!made) {
      made = statement<Record<string, unknown>, { n: number }>((db) => {
        let query: any = db.selectFrom(table as 'accounts').select((select) => select.fn.countAll<number>().as('n'))
        if (value !== undefined) query = query.where(scope, '=', bind('scope'))
        for (const name of given) query = filters[name]!(query, bind(`f_${name}`))
        return query
      })
      statements.set(shape, made)
    }
    const params: Record<string, unknown> = { scope: value }
    for (const name of given) params[`f_${name}`] = where[name]
    return Number((await reader.one(made, params))?.n ?? 0)
  }
}
