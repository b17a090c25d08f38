// A call as scripts, status callbacks and operations see it, from its row.

import type { CallRow } from '#store/calls.ts'
import type { CallState, CallView } from './script-form.ts'
import type { PageTrace, VerbTrace } from './script-log.ts'

/** What `detail` of a call's row holds. */
export interface CallDetail {
  /** In signalling: `sip:<Call-ID>`. */
  readonly ref?: string
  /** What the INVITE said, for support. */
  readonly raw?: string
  readonly source?: string
  readonly headers?: Readonly<Record<string, string>>
  /** X- headers of the answer to a call that went out. */
  readonly answerHeaders?: Readonly<Record<string, string>>
  readonly clientLogin?: string
  readonly faceData?: Readonly<Record<string, unknown>>
  /** Units that the rate is for: `rate_micro` buys so many seconds. */
  readonly ratePer?: number
  /** Pages of its script, in the order in which they were asked. */
  readonly pages?: readonly PageTrace[]
  /** What its scripts did, in the order in which it was begun, and how many more than are kept. */
  readonly verbs?: readonly VerbTrace[]
  readonly moreVerbs?: number
  readonly identity?: { readonly header: string; readonly verdict?: string }
  /** Carriers that were tried before the one that took it, with why each did not. */
  readonly tried?: readonly { readonly carrier: number; readonly reason: string; readonly cause: string }[]
}

export const detailOfCall = ({ detail }: Pick<CallRow, 'detail'>): CallDetail => JSON.parse(detail) as CallDetail

export function callView(row: CallRow): CallView {
  const { headers = {}, answerHeaders = {}, clientLogin = '', faceData = {} } = detailOfCall(row)
  return {
    id: row.id,
    sessionId: row.session_id,
    parentId: row.parent_id,
    accountId: row.account_id,
    direction: row.direction as CallView['direction'],
    origin: row.origin as CallView['origin'],
    from: row.caller,
    to: row.called,
    fromName: row.caller_name,
    forwardedFrom: row.forwarded_from,
    state: row.state as CallState,
    createdMs: row.created_ms,
    ringingMs: row.ringing_ms,
    answeredMs: row.answered_ms,
    endedMs: row.ended_ms,
    reason: row.reason,
    sipStatus: row.sip_status,
    q850: row.q850,
    numberId: row.number_id,
    number: row.number,
    carrierId: row.carrier_id,
    clientId: row.client_id,
    clientLogin,
    headers,
    answerHeaders,
    clientRef: row.client_ref,
    faceData,
  }
}
