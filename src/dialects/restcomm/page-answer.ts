// One page of a list in its envelope (reference 4.1): what every paged resource answers.

import type { HttpAnswer } from '#protocols/http/exchange.ts'
import { apiVersion } from './formats.ts'
import type { Ask } from './knock.ts'
import { envelopeOf, type PageAsked } from './paging.ts'
import { writePage, type Shown } from './write.ts'

export interface PageAnswer {
  readonly asked: PageAsked
  readonly total: number
  readonly rows: readonly Shown[]
  /** Below the account: `Calls`, `Conferences/CF.../Participants`. */
  readonly path: string
  /** Filters and the order, which the addresses of other pages keep. */
  readonly filterNames: readonly string[]
  /** The array's name, and the element of each row in XML. */
  readonly key: string
  readonly element: string
  /** JSON whatever was asked for. */
  readonly jsonOnly?: boolean
}

export function pageAnswer({ means, fields, json, accountSid }: Ask, answer: PageAnswer): HttpAnswer {
  const { asked, total, rows, path, filterNames, key, element, jsonOnly = false } = answer
  const envelope = envelopeOf({
    asked,
    total,
    rows: rows.length,
    lastSid: rows.at(-1)?.['sid'] as string | undefined,
    uri: `/restcomm/${apiVersion}/Accounts/${accountSid}/${path}${json && !jsonOnly ? '.json' : ''}`,
    filters: filterNames.flatMap((name) => (fields.text(name) === undefined ? [] : [[name, fields.text(name)!] as const])),
    absent: means.parts.settings.options()['plainNulls'] === true ? null : 'null',
  })
  return writePage(json || jsonOnly, envelope, key, element, rows)
}
