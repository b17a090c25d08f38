// Trace records (reference 12): one for each request that the platform sends to an application, kept two days, in JSON
// only, for accounts that have the feature. Applications are asked by calls and messages, so that there are none before those.

import type { HttpAnswer } from '#protocols/http/exchange.ts'
import { refuse } from '#reasons/refusal.ts'
import { apiVersion } from './formats.ts'
import type { Ask } from './knock.ts'
import { envelopeOf, readPage } from './paging.ts'
import { writePage } from './write.ts'

/** Reading what was said to applications is reading applications; the account must have asked for the records. */
export const traceAccess = { permission: 'applications.read', feature: 'trace' } as const

export async function listTraces({ fields, accountSid }: Ask): Promise<HttpAnswer> {
  const uri = `/restcomm/${apiVersion}/Accounts/${accountSid}/Traces.json`
  const envelope = envelopeOf({
    asked: readPage(fields),
    total: 0,
    rows: 0,
    lastSid: undefined,
    uri,
    filters: [],
    absent: 'null',
  })
  return writePage(true, envelope, 'traces', 'Trace', [])
}

export async function readTrace({ params }: Ask): Promise<HttpAnswer> {
  return refuse('resource.not_found', { noun: 'trace record', id: params['sid']!.slice(0, 60) })
}
