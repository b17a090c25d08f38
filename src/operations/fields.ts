// The fields that several operations share, each written once, with what the field's text must look like.

import Type, { type TSchema } from 'typebox'
import Format from 'typebox/format'
import { isIpRange } from '#accounts/allowed-sources.ts'
import { refuse } from '#reasons/refusal.ts'

export type Noun =
  | 'account'
  | 'user'
  | 'key'
  | 'application'
  | 'client'
  | 'clientGroup'
  | 'number'
  | 'reservation'
  | 'address'
  | 'contact'
  | 'group'
  | 'batch'
  | 'happening'
  | 'endpoint'
  | 'delivery'
  | 'erasure'
  | 'transfer'
  | 'rateDeck'
  | 'package'
  | 'media'
  | 'message'
  | 'messageBatch'
  | 'messageExport'
  | 'mailboxEntry'
  | 'thread'
  | 'carrier'
  | 'route'
  | 'email'
  | 'call'
  | 'recording'
  | 'conference'
  | 'conferenceReservation'
  | 'call'
  | 'recording'
  | 'conference'
  | 'refer'
  | 'registration'
  | 'callSession'
  | 'masking'

/** An id of that noun: the core's integer; each face shows it in its own form. */
export const Id = (noun: Noun, description = `Id of the ${noun}.`) => Type.Integer({ minimum: 0, 'x-noun': noun, description })

export const Text = (maxLength: number, description: string) => Type.String({ minLength: 1, maxLength, description })

/** Ms UTC; the native API shows it as RFC 3339. */
export const Moment = (description: string) => Type.Integer({ 'x-moment': true, description })

export const OneOf = <const V extends readonly string[]>(values: V, description: string) =>
  Type.Unsafe<V[number]>({ type: 'string', enum: [...values], description })

export const Optional = <T extends TSchema>(schema: T) => Type.Optional(schema)

const isWebUrl = (text: string): boolean => {
  const url = URL.parse(text)
  return url !== null && (url.protocol === 'http:' || url.protocol === 'https:') && url.hostname !== '' && !/\s/.test(text)
}
Format.Set('web-url', isWebUrl)

Format.Set('ip-range', isIpRange)

/** An absolute http or https URL. */
export const WebUrl = (description: string) => Type.String({ format: 'web-url', maxLength: 2048, description })

export const Method = (description: string) => OneOf(['GET', 'POST'], description)

const pageFields = {
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, description: 'Rows a page; 50 unless told.' })),
  after: Type.Optional(Type.Integer({ minimum: 0, 'x-cursor': true, description: 'The cursor of the page before.' })),
  skip: Type.Optional(
    Type.Integer({ minimum: 0, maximum: 10_000, 'x-hidden': true, description: 'Rows to pass over; serves page numbers.' }),
  ),
  oldestFirst: Type.Optional(Type.Boolean({ 'x-hidden': true })),
}

/** Input of a list: the page wanted and the filters given. */
export const PageOf = <F extends Record<string, TSchema>>(filters: F) =>
  Type.Object({ ...pageFields, ...filters } as typeof pageFields & F, { additionalProperties: false })

/** Output of a list; `next` is the cursor of the next page, `total` counts all rows when no filter narrows. */
export const Page = <T extends TSchema>(item: T) =>
  Type.Object({
    items: Type.Array(item),
    next: Type.Union([Type.Integer({ 'x-cursor': true }), Type.Null()]),
    total: Type.Optional(Type.Integer({ description: 'All rows; present when no filter narrows the list.' })),
  })

export const Done = Type.Object({ done: Type.Boolean() })

export const pageLimit = (limit: number | undefined): number => limit ?? 50

/** One row more than the page is read, to know whether there is a next page. */
export function pageFrom<R extends { readonly id: number }, V>(
  rows: readonly R[],
  limit: number,
  view: (row: R) => V,
  total?: number,
): { items: V[]; next: number | null; total?: number } {
  const shown = rows.slice(0, limit)
  return {
    items: shown.map(view),
    next: rows.length > limit ? shown.at(-1)!.id : null,
    ...(total !== undefined && { total }),
  }
}

export const maximumSkip = 10_000

/** Rows before a vendor's page, counted from 0. Gives request.page_too_deep: beyond it, clients follow the cursor. */
export function skipOf(page: number, pageSize: number): number {
  const skip = page * pageSize
  if (skip > maximumSkip) refuse('request.page_too_deep', { limit: maximumSkip })
  return skip
}
