// How a call came out, from what its leg told and from what was asked of it here. Pure: a table of reasons and states.

import { catalogue, type Slug } from '#reasons/catalogue.ts'
import { Refusal, refusal, type Params } from '#reasons/refusal.ts'
import type { CallRow } from '#store/calls.ts'
import type { CallEnd, EndedBy } from './call-news.ts'
import { detailOfCall, type CallDetail } from './call-view.ts'
import type { LegEnd } from './leg.ts'
import { callErrorId } from '#store/call-life.ts'
import type { ScriptTraces } from './script-log.ts'

export interface Asked {
  readonly refusal: Refusal
  readonly by: EndedBy
}

const states: Partial<Record<Slug, CallEnd['state']>> = {
  'call.completed': 'completed',
  'call.transferred': 'completed',
  'call.busy': 'busy',
  'call.declined': 'busy',
  'call.no_answer': 'no_answer',
  'call.unreachable': 'no_answer',
  'call.canceled_by_request': 'canceled',
  'call.answered_elsewhere': 'canceled',
  'markup.rejected': 'busy',
  'markup.ended': 'busy',
}

/** The state that a reason leads to. An answered call failed only where it was not its parties or their application that ended it. */
function endStateOf(reason: Slug, wasAnswered: boolean): CallEnd['state'] {
  const { fault, class: kind } = catalogue[reason]
  if (wasAnswered) return fault === 'platform' || fault === 'carrier' ? 'failed' : 'completed'
  return states[reason] === 'completed' || (states[reason] === undefined && kind === 'OK')
    ? 'canceled'
    : (states[reason] ?? 'failed')
}

type Ending = Pick<CallRow, 'id' | 'direction' | 'answered_ms'>

export function endOf(row: Ending, leg: LegEnd | undefined, asked: Asked | undefined, nowMs: number): CallEnd {
  const why = reasonOf(row, leg, asked)
  const { reason, params } = why
  const state = endStateOf(reason, row.answered_ms !== null)
  return {
    state,
    reason,
    params,
    by: byOf(row, leg, asked),
    ...(leg && { leg }),
    endedMs: nowMs,
    durationMs: row.answered_ms === null ? 0 : Math.max(0, nowMs - row.answered_ms),
    // What went as somebody wanted is no error; what was told to somebody before is known by the id that was told.
    errorId: catalogue[reason].fault === 'none' ? null : (why.errorId ?? callErrorId(row.id)),
  }
}

/** What was asked here counts, unless the leg had ended already: its sound is gone before it has told so, and scripts notice that. */
function reasonOf(row: Ending, leg: LegEnd | undefined, asked: Asked | undefined): Refusal {
  if (asked && (!leg || leg.by === 'us')) return asked.refusal
  if (!leg) return asked?.refusal ?? refusal('call.unknown_cause')
  const { reason, params } = leg.cause
  if (row.answered_ms !== null || leg.by !== 'peer' || row.direction === 'out') return refusalWith(reason, params)
  // A caller who hangs up before the answer.
  return reason === 'call.completed' ? refusal('call.canceled_by_request') : refusalWith(reason, params)
}

const refusalWith = (reason: Slug, params: Params | undefined): Refusal => new Refusal(reason, params)

function byOf({ direction, answered_ms: answeredMs }: Ending, leg: LegEnd | undefined, asked: Asked | undefined): EndedBy {
  if (leg?.by === 'peer') {
    if (direction === 'in') return 'caller'
    // A status that says nothing of the called party is the carrier's own.
    const { fault } = catalogue[leg.cause.reason]
    return answeredMs === null && fault !== 'recipient' && fault !== 'none' ? 'network' : 'callee'
  }
  if (leg?.by === 'network') return 'network'
  return asked?.by ?? (leg ? 'platform' : 'network')
}

/** The row of a call as it ended. */
export function endedRow(row: CallRow, end: CallEnd, priceMicro: number, traces: ScriptTraces): CallRow {
  const { pages, verbs, more } = traces
  const { leg } = end
  const media = leg?.figures ? { ...leg.figures, ...(leg.mediaVerdict !== undefined && { verdict: leg.mediaVerdict }) } : null
  return {
    ...row,
    state: end.state,
    reason: end.reason,
    params: JSON.stringify(end.params),
    cause: leg?.cause.raw ?? null,
    error_id: end.errorId,
    sip_status: leg?.cause.sipStatus ?? null,
    q850: leg?.cause.q850 ?? null,
    ended_by: end.by,
    price_micro: priceMicro,
    duration_ms: end.durationMs,
    media: media && JSON.stringify(media),
    ended_ms: end.endedMs,
    ...((pages.length > 0 || verbs.length > 0) && {
      detail: JSON.stringify({
        ...detailOfCall(row),
        ...(pages.length > 0 && { pages }),
        ...(verbs.length > 0 && { verbs }),
        ...(more > 0 && { moreVerbs: more }),
      } satisfies CallDetail),
    }),
  }
}
