// What becomes of a refusal after its answer: a line in the journal, and a row by which its error id can be looked up.
// Refusals of strangers are sampled per source, so that strangers cannot fill the disk.

import type { HttpRequest } from '#protocols/http/exchange.ts'
import { noteRefusal, type RefusalRow } from '#store/refusals.ts'
import type { Store } from '#store/store.ts'
import type { Clock } from '#values/clock.ts'
import type { KnockParts, ToldRefusal } from './knock.ts'

const strangersPerMinute = 20
const maxSources = 10_000
const windowMs = 60_000
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
  const strangers = new Map<string, { startMs: number; noted: number }>()

  function isSampled(source: string): boolean {
    const now = clock.nowMs()
    let seen = strangers.get(source)
    if (!seen || now - seen.startMs > windowMs) {
      if (strangers.size >= maxSources) strangers.clear()
      seen = { startMs: now, noted: 0 }
      strangers.set(source, seen)
    }
    seen.noted += 1
    return seen.noted <= strangersPerMinute
  }

  return {
    told(one: ToldRefusal) {
      const { face, refusal, errorId, request, accountId } = one
      journal.requestRefused({
        face,
        reason: refusal.reason,
        errorId,
        traceId: request.traceId,
        source: request.source,
        ...(accountId !== null && { account: accountId }),
        ...(refusal.evidence !== undefined && { evidence: refusal.evidence }),
      })
      if (accountId !== null || isSampled(request.source)) store.note(noteRefusal, rowOf(one))
    },
    fault: (error: unknown, errorId: string, request: HttpRequest) => journal.faultFound(error, errorId, request.traceId),
  }
}

function rowOf({ errorId, face, refusal, request, accountId, status, code }: ToldRefusal): RefusalRow {
  const errors =
    refusal.errors.length === 0 ? '[]' : JSON.stringify(refusal.errors.map((one) => ({ reason: one.reason, params: one.params })))
  return {
    error_id: errorId,
    account_id: accountId,
    face,
    reason: refusal.reason,
    params: `{"params":${JSON.stringify(refusal.params)},"errors":${errors}}`,
    method: request.method,
    path: request.path.slice(0, maxPathChars),
    status,
    code,
    source: request.source,
    trace_id: request.traceId,
    at_ms: request.receivedAtMs,
  }
}
