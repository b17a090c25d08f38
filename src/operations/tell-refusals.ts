// What becomes of a refusal after its answer: a line in the journal, and a row by which its error id can be looked up.
// Refusals of strangers, and of calls that have no record, are sampled, so that they cannot fill the disk.

import type { HttpRequest } from '#protocols/http/exchange.ts'
import { noteRefusal, type RefusalRow } from '#store/refusals.ts'
import type { Store } from '#store/store.ts'
import type { Clock } from '#values/clock.ts'
import type { KnockParts, ToldRefusal } from './knock.ts'
import { RefusalSample } from './refusal-sample.ts'

const maxPathChars = 300

export interface RefusalJournal {
  requestRefused(line: {
    face: string
    reason: string
    errorId: string
    traceId: string
    source: string
    account?: number
    evidence?: string
  }): void
  faultFound(cause: unknown, errorId: string, traceId: string): void
}

export function tellRefusals(store: Store, journal: RefusalJournal, clock: Clock): KnockParts {
  const sample = new RefusalSample(clock)
  // Requests of an account are bounded by its rates; calls are by nothing of the kind.
  const sampledAs = ({ accountId, call }: ToldRefusal): 'strangers' | 'known' | undefined =>
    call && (accountId !== null || call.carrierId !== null) ? 'known' : accountId === null ? 'strangers' : undefined

  return {
    told(one: ToldRefusal) {
      const { face, refusal, errorId, request, accountId, call } = one
      journal.requestRefused({
        face,
        reason: refusal.reason,
        errorId,
        traceId: request.traceId,
        source: request.source,
        ...(accountId !== null && { account: accountId }),
        ...(refusal.evidence !== undefined
          ? { evidence: refusal.evidence }
          : call && { evidence: `from ${call.from} to ${call.to}` }),
      })
      const kind = sampledAs(one)
      const { kept, leftOut } = kind ? sample.take(request.source, kind) : { kept: true, leftOut: 0 }
      if (kept) store.note(noteRefusal, rowOf(one, leftOut))
    },
    fault: (error: unknown, errorId: string, request: HttpRequest) => journal.faultFound(error, errorId, request.traceId),
  }
}

function rowOf({ errorId, face, refusal, request, accountId, status, code, call }: ToldRefusal, leftOut: number): RefusalRow {
  const errors =
    refusal.errors.length === 0 ? '[]' : JSON.stringify(refusal.errors.map((one) => ({ reason: one.reason, params: one.params })))
  const more = `${call ? `,"turnedAway":${JSON.stringify(call)}` : ''}${leftOut > 0 ? `,"leftOut":${leftOut}` : ''}`
  return {
    error_id: errorId,
    account_id: accountId,
    face,
    reason: refusal.reason,
    params: `{"params":${JSON.stringify(refusal.params)},"errors":${errors}${more}}`,
    method: request.method,
    path: request.path.slice(0, maxPathChars),
    status,
    code,
    source: request.source,
    trace_id: request.traceId,
    at_ms: request.receivedAtMs,
  }
}
