// A call, a session and a recording in the words of this vendor's voice webhooks (reference section 14).

import { catalogue, type Slug } from '#reasons/catalogue.ts'
import type { CallRow } from '#store/calls.ts'
import { parseE164 } from '#values/e164.ts'
import { callView, detailOfCall } from '#voice/call-view.ts'
import type { CallView } from '#voice/script-form.ts'
import { timestamp, told } from './formats.ts'
import type { Ids } from './ids.ts'

export type LegEvent = 'CALL_INITIATED' | 'CALL_RECEIVED' | 'CALL_CONNECTED' | 'CALL_DISCONNECTED' | 'ACTION_COMPLETED'

type Told = Pick<
  CallView,
  'id' | 'sessionId' | 'direction' | 'from' | 'to' | 'clientId' | 'numberId' | 'answeredMs' | 'endedMs' | 'reason' | 'sipStatus'
>

/** Whole seconds between answer and end. */
const secondsOf = ({ answeredMs, endedMs }: Pick<Told, 'answeredMs' | 'endedMs'>): number =>
  answeredMs === null || endedMs === null ? 0 : Math.round((endedMs - answeredMs) / 1000)

export interface LegOptions {
  readonly subAccountId: string
  readonly status: LegEvent
  readonly atMs: number
  readonly eventId: string
  /** What was pressed; null for nothing. Absent where nobody was asked. */
  readonly dtmf?: string | null
  readonly clientActionId?: string | undefined
}

/** Whose leg it is. What a number is known by stands at the side that is the sub-account's. */
const legOf = (ids: Ids, call: Told) => ({
  callId: ids.guid('call', call.id),
  callDirection: call.direction === 'in' ? 'INBOUND' : 'OUTBOUND',
  callType: call.clientId === null ? 'PSTN' : 'VOIP',
})

const partiesOf = (ids: Ids, { from, to, direction, numberId }: Told) => ({
  source: from,
  destination: to,
  sourceFormat: 'MSISDN',
  destinationFormat: 'MSISDN',
  ...told('sourceCountryCode', parseE164(from)?.country),
  ...told('destinationCountryCode', parseE164(to)?.country),
  ...(numberId !== null && { [direction === 'in' ? 'destinationRefId' : 'sourceRefId']: ids.guid('number', numberId) }),
})

/** As the vendor's own samples have it, 200 for as long as nothing refused the call; then the network's word, or else our reason's. */
function sipCodeOf({ answeredMs, endedMs, sipStatus, reason }: Told): number {
  if (answeredMs !== null || endedMs === null) return 200
  return sipStatus ?? (reason === null ? null : catalogue[reason as Slug].sip) ?? 480
}

export function legPayload(ids: Ids, call: Told, options: LegOptions): object {
  const { subAccountId, status, atMs, eventId, dtmf, clientActionId } = options
  const { callId, callDirection, callType } = legOf(ids, call)
  return {
    eventId,
    callId,
    sessionId: ids.guid('callSession', call.sessionId),
    subAccountId,
    callStatus: status,
    callDirection,
    callType,
    ...partiesOf(ids, call),
    callDuration: secondsOf(call),
    ...(dtmf !== undefined && { eventData: { dtmf } }),
    sipCode: sipCodeOf(call),
    timestamp: timestamp(atMs),
    ...told('clientActionId', clientActionId),
  }
}

type SessionStatus = 'COMPLETED' | 'NO_ANSWER' | 'BUSY' | 'CANCELED' | 'FAILED' | 'ERROR'

const statuses: Readonly<Record<string, SessionStatus>> = {
  completed: 'COMPLETED',
  busy: 'BUSY',
  no_answer: 'NO_ANSWER',
  canceled: 'CANCELED',
  failed: 'FAILED',
}

/** Section 20.6, by the first words of our reason; what is no fault of the session has none. */
const errors: readonly (readonly [RegExp, number])[] = [
  [/^(?:markup\.(?:error|schema_invalid)|webhook\.answer_unreadable)$/, -2003],
  [/^(?:webhook|call\.(?:network_failure|media_lost))/, -2002],
  [/^(?:tts)\./, -2005],
  [/^(?:play|file)\./, -2006],
  [/^(?:number\.not_owned|number\.not_in_whitelist|call\.caller_not_whitelisted)$/, -2008],
  [/^(?:routing\.no_route_available|call\.(?:congestion|concurrency_reached)|platform\.media_full)$/, -2010],
  [/^(?:routing|rating|destination)\./, -2004],
  [/^(?:platform|call\.platform_stopped)/, -2001],
]

export const errorOf = (reason: string | null): number | undefined =>
  reason === null ? undefined : errors.find(([pattern]) => pattern.test(reason))?.[1]

const wordsOf = (reason: string): string => `${catalogue[reason as Slug].title} (${reason})`

const isTrouble = (reason: string | null): boolean => {
  const code = errorOf(reason)
  return code !== undefined && code !== -2004 && code !== -2010
}

/** What verbs of a script are called as actions; what is no action of this vendor has no name. */
const actions: Readonly<Record<string, string>> = {
  say: 'PLAY_TTS',
  play: 'PLAY_FILE',
  gather: 'SAY_AND_CAPTURE',
  dial: 'MAKE_CALL',
  hangUp: 'HANGUP',
}

/** A call that was placed began with an action; to one that came in, nothing may have been done. */
function lastActionOf(first: CallRow): string | undefined {
  const { verbs = [] } = detailOfCall(first)
  const last = verbs.findLast(({ verb }) => Object.hasOwn(actions, verb))
  return last ? actions[last.verb] : first.direction === 'out' ? 'MAKE_CALL' : undefined
}

function legDetail(ids: Ids, row: CallRow): object {
  const call = callView(row)
  const media = row.media === null ? undefined : (JSON.parse(row.media) as Media)
  const packets = media?.received?.packets ?? 0
  const lost = media?.received?.lost ?? 0
  return {
    ...legOf(ids, call),
    initiatedTimestamp: timestamp(row.created_ms),
    ...(row.answered_ms !== null && { connectedTimestamp: timestamp(row.answered_ms) }),
    disconnectedTimestamp: timestamp(row.ended_ms!),
    ...partiesOf(ids, call),
    callStatus: statuses[row.state] ?? 'FAILED',
    callDuration: secondsOf(call),
    ...(media?.mos !== undefined && {
      callQuality: {
        mos: Math.round(media.mos * 100) / 100,
        packetLossRate: packets + lost === 0 ? 0 : lost / (packets + lost),
        ...(media.jitterMs !== undefined && { jitter: Math.round(media.jitterMs) }),
      },
    }),
  }
}

interface Media {
  readonly mos?: number
  readonly jitterMs?: number
  readonly received?: { readonly packets: number; readonly lost: number }
}

/** Of all legs of a session that is over, the first one first. */
export function sessionPayload(ids: Ids, legs: readonly CallRow[], subAccountId: string): object {
  const first = legs[0]!
  // Of several that were rung the one that counts is the one that talked, else the last.
  const others = legs.slice(1)
  const second = others.find(({ answered_ms: answered }) => answered !== null) ?? others.at(-1)
  const trouble = legs.map(({ reason }) => reason).find(isTrouble)
  const reason = trouble ?? (second ?? first).reason
  const code = errorOf(reason)
  const status = trouble !== undefined ? 'ERROR' : (statuses[(second ?? first).state] ?? 'FAILED')
  return {
    sessionId: ids.guid('callSession', first.session_id),
    subAccountId,
    sessionStatus: status,
    startTime: timestamp(first.created_ms),
    endTime: timestamp(Math.max(...legs.map(({ ended_ms: ended }) => ended!))),
    ...told('lastAction', lastActionOf(first)),
    callCount: legs.length,
    ...told('clientRequestId', first.client_ref),
    ...(code !== undefined && status !== 'COMPLETED' && { errorDetails: { errorMsg: wordsOf(reason!), errorCode: code } }),
    details: { callA: legDetail(ids, first), ...(second && { callB: legDetail(ids, second) }) },
  }
}
