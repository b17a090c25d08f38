// A call, a session and a recording in the words of this vendor's voice webhooks (reference section 14).

import type { CallRow } from '#store/calls.ts'
import { parseE164 } from '#values/e164.ts'
import type { CallView } from '#voice/script-form.ts'
import { timestamp, told } from './formats.ts'
import type { Ids } from './ids.ts'

export type LegEvent = 'CALL_INITIATED' | 'CALL_RECEIVED' | 'CALL_CONNECTED' | 'CALL_DISCONNECTED' | 'ACTION_COMPLETED'

type Told = Pick<
  CallView,
  | 'id'
  | 'sessionId'
  | 'direction'
  | 'from'
  | 'to'
  | 'clientId'
  | 'createdMs'
  | 'answeredMs'
  | 'endedMs'
  | 'sipStatus'
  | 'clientRef'
>

const digitsOf = (text: string): string => text.replace(/^\+/, '')

/** Whole seconds between answer and end. */
const secondsOf = ({ answeredMs, endedMs }: Pick<Told, 'answeredMs' | 'endedMs'>): number =>
  answeredMs === null || endedMs === null ? 0 : Math.round((endedMs - answeredMs) / 1000)

export interface LegOptions {
  readonly subAccountId: string
  readonly status: LegEvent
  readonly atMs: number
  readonly eventId: string
  readonly clientActionId?: string | undefined
}

export function legPayload(ids: Ids, call: Told, { subAccountId, status, atMs, eventId, clientActionId }: LegOptions): object {
  return {
    eventId,
    callId: ids.guid('call', call.id),
    sessionId: ids.guid('callSession', call.sessionId),
    subAccountId,
    callStatus: status,
    callDirection: call.direction === 'in' ? 'INBOUND' : 'OUTBOUND',
    callType: call.clientId === null ? 'PSTN' : 'VOIP',
    source: digitsOf(call.from),
    destination: digitsOf(call.to),
    sourceFormat: 'MSISDN',
    destinationFormat: 'MSISDN',
    ...told('sourceCountryCode', parseE164(call.from)?.country),
    ...told('destinationCountryCode', parseE164(call.to)?.country),
    callDuration: secondsOf(call),
    ...told('sipCode', call.sipStatus),
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

const isTrouble = (reason: string | null): boolean => {
  const code = errorOf(reason)
  return code !== undefined && code !== -2004 && code !== -2010
}

function legDetail(row: CallRow): object {
  const media = row.media === null ? undefined : (JSON.parse(row.media) as Media)
  const packets = media?.received?.packets ?? 0
  const lost = media?.received?.lost ?? 0
  return {
    initiatedTimestamp: timestamp(row.created_ms),
    ...(row.answered_ms !== null && { connectedTimestamp: timestamp(row.answered_ms) }),
    disconnectedTimestamp: timestamp(row.ended_ms!),
    callStatus: statuses[row.state] ?? 'FAILED',
    callDuration: secondsOf({ answeredMs: row.answered_ms, endedMs: row.ended_ms }),
    ...(media?.mos !== undefined && {
      callQuality: {
        mos: media.mos,
        packetLossRate: packets + lost === 0 ? 0 : lost / (packets + lost),
        ...told('jitter', media.jitterMs),
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
    ...(second && { lastAction: 'MAKE_CALL' }),
    callCount: legs.length,
    ...told('clientRequestId', first.client_ref),
    ...(code !== undefined && status !== 'COMPLETED' && { errorDetails: { errorCode: code, errorMsg: reason } }),
    details: { callA: legDetail(first), ...(second && { callB: legDetail(second) }) },
  }
}
