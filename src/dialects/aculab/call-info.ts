// What pages are told of a call: the instance info with its call info, reference section 8.2. The same names in a page's request, where the
// final page is asked, and in version 1 and 2, save those that version 2 added.

import type { Slug } from '#reasons/catalogue.ts'
import type { CallState, CallView, ScriptMemory } from '#voice/script-form.ts'
import { digitsOf } from './formats.ts'
import type { ApiVersion } from './action-fields.ts'
import type { InstanceIds } from './instance-ids.ts'

/** What goes along with a call of this face, from page to page and to its end. */
export interface InstanceMemory {
  readonly service: string
  readonly apiVersion: ApiVersion
  readonly token: string | null
  readonly applicationParameters: string
  readonly outboundParameters: string
  readonly ttsVoice: string | null
  /** The page says itself when the call is answered. */
  readonly earlyMedia: boolean
  /** The whole call is recorded from its first action on. */
  readonly recording: 'mixed' | 'separate' | null
}

const usual: InstanceMemory = {
  service: '',
  apiVersion: '2.0',
  token: null,
  applicationParameters: '',
  outboundParameters: '',
  ttsVoice: null,
  earlyMedia: false,
  recording: null,
}

/** As this face wrote it with the call; a call that somebody else began has none. */
export const memoryOf = (kept: ScriptMemory | CallView['faceData']): InstanceMemory => ({ ...usual, ...kept })

/** Numbers without their +; all else as it is. */
export const shownParty = (party: string): string => (/^\+\d+$/.test(party) ? digitsOf(party) : party)

const oneDecimal = (ms: number): number => Math.round(ms / 100) / 10

export type CallCause = 'completed' | 'hung_up' | 'no_answer' | 'busy' | 'unobtainable' | 'dropped' | 'failed'

/** As it ended, with who ended it where that is known. */
export interface CallOutcome {
  readonly endedBy: string | null
}

/** What is known of it once it is over. */
export interface CallKnown {
  readonly outcome?: CallOutcome
  /** The file that it is recorded in as a whole. */
  readonly recorded?: string
}

const unobtainable = /^(?:number|routing|destination|client)\./
const outcomes: Partial<Record<CallState, CallCause>> = { busy: 'busy', no_answer: 'no_answer', canceled: 'completed' }

export function causeOf(
  { state, reason, answeredMs }: Pick<CallView, 'state' | 'reason' | 'answeredMs'>,
  { endedBy }: CallOutcome,
): CallCause {
  if (reason !== null && (unobtainable.test(reason) || reason === ('call.unreachable' satisfies Slug))) return 'unobtainable'
  // A page that names no action ends the call, and rejects nobody.
  if (reason === ('markup.ended' satisfies Slug)) return 'completed'
  const told = outcomes[state]
  if (told && answeredMs === null) return told
  if (endedBy === 'network') return 'dropped'
  if (state === 'failed') return answeredMs === null ? 'failed' : 'dropped'
  return endedBy === 'caller' || endedBy === 'callee' ? 'hung_up' : 'completed'
}

export function callInfo(
  ids: InstanceIds,
  call: CallView,
  { apiVersion, applicationParameters, outboundParameters }: InstanceMemory,
  nowMs: number,
  { outcome, recorded = '' }: CallKnown = {},
): Record<string, unknown> {
  const isV2 = apiVersion === '2.0'
  const to = shownParty(call.to)
  return {
    call_id: ids.instanceOf(call.id),
    call_direction: call.direction,
    call_from: shownParty(call.from),
    call_to: to,
    call_target: to,
    ...(isV2 && { call_divert: shownParty(call.forwardedFrom) }),
    seconds_call_duration: call.answeredMs === null ? 0 : oneDecimal((call.endedMs ?? nowMs) - call.answeredMs),
    call_state: stateOf(call),
    ...(outcome && { call_cause: causeOf(call, outcome) }),
    ...(outcome && isV2 && { call_raw_cause: call.sipStatus === null ? '' : String(call.sipStatus) }),
    application_parameters: applicationParameters,
    ...(call.direction === 'out' && { outbound_parameters: outboundParameters }),
    far_end_type: 'none',
    call_recording_filename: recorded,
  }
}

function stateOf({ direction, answeredMs, endedMs }: CallView): 'idle' | 'inbound' | 'answered' {
  if (endedMs !== null) return 'idle'
  if (answeredMs !== null) return 'answered'
  return direction === 'in' ? 'inbound' : 'idle'
}

/** What every page is sent; `more` says why it is asked. */
export function instanceInfo(
  ids: InstanceIds,
  call: CallView,
  memory: InstanceMemory,
  thisCall: Record<string, unknown>,
  more: Record<string, unknown> = {},
): Record<string, unknown> {
  return {
    application_instance_id: ids.instanceOf(call.id),
    token: memory.token,
    // No log of an application is kept as a file: the call's timeline stands in its place.
    log_filename: '',
    this_call: thisCall,
    ...(memory.apiVersion === '2.0' && { is_notification: false }),
    ...more,
  }
}
