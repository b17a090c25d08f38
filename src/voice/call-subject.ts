// A call, and a recording, as webhooks are told of them: plain JSON, as it stood when the happening came about and not as it stands by the
// time somebody is told. Faces render it in their words; ids are the core's, which each face shows in its own form.

import type { CallRow } from '#store/calls.ts'
import type { Happening } from '#store/happenings.ts'
import type { RecordingRow } from '#store/recordings.ts'
import { callView } from './call-view.ts'
import type { CallState, CallView } from './script-form.ts'

export type CallHappening = 'created' | 'ringing' | 'answered' | 'ended'

export interface CallSubject extends CallView {
  readonly happening: CallHappening
  readonly happenedMs: number
  /** Whether this is its end: nothing comes after it. */
  readonly final: boolean
  readonly params: Readonly<Record<string, unknown>>
  /** The network's own words. */
  readonly cause: string | null
  readonly errorId: string | null
  /** caller, callee, platform, application, network */
  readonly endedBy: string | null
  /** Between answer and end. */
  readonly durationMs: number
  /** In millionths of the currency; 0 until it has ended. */
  readonly priceMicro: number
  readonly currency: string
  readonly applicationId: number | null
  readonly conferenceId: number | null
  readonly recordings: readonly RecordingSubject[]
  /** How its sound went, in words, where something was wrong with it. */
  readonly mediaVerdict: string | null
}

export interface RecordingSubject {
  readonly id: number
  readonly accountId: number
  readonly callId: number | null
  readonly sessionId: number | null
  readonly conferenceId: number | null
  readonly state: string
  readonly reason: string | null
  readonly source: string
  readonly channels: string
  readonly durationMs: number
  readonly sizeBytes: number
  /** Part of its public address. */
  readonly secret: string
  readonly createdMs: number
  readonly endedMs: number | null
}

const states: Readonly<Record<Exclude<CallHappening, 'ended'>, CallState>> = {
  created: 'queued',
  ringing: 'ringing',
  answered: 'answered',
}

export const isCallHappening = (kind: string): kind is CallHappening => kind === 'ended' || kind in states

/** `recordings` are those of the call, oldest first. */
export function callSubject(row: CallRow, happening: Happening, recordings: readonly RecordingRow[] = []): CallSubject {
  const kind = happening.kind as CallHappening
  const final = kind === 'ended'
  const whole = callView(row)
  const until = <T>(value: T): T | null => (final ? value : null)
  const media = row.media === null ? {} : (JSON.parse(row.media) as { verdict?: string })
  return {
    ...whole,
    // What comes in rings from the first.
    state: final ? whole.state : kind === 'created' && row.direction === 'in' ? 'ringing' : states[kind],
    ringingMs: kind === 'created' && row.direction === 'out' ? null : whole.ringingMs,
    answeredMs: kind === 'answered' || final ? whole.answeredMs : null,
    endedMs: until(whole.endedMs),
    reason: until(whole.reason),
    sipStatus: until(whole.sipStatus),
    q850: until(whole.q850),
    happening: kind,
    happenedMs: happening.at_ms,
    final,
    params: final && row.params !== null ? (JSON.parse(row.params) as Record<string, unknown>) : {},
    cause: until(row.cause),
    errorId: until(row.error_id),
    endedBy: until(row.ended_by),
    durationMs: final ? (row.duration_ms ?? 0) : 0,
    priceMicro: final ? row.price_micro : 0,
    currency: row.currency,
    applicationId: row.application_id,
    conferenceId: row.conference_id,
    recordings: recordings.map(recordingSubject),
    mediaVerdict: until(media.verdict ?? null),
  }
}

export const recordingSubject = (row: RecordingRow): RecordingSubject => ({
  id: row.id,
  accountId: row.account_id,
  callId: row.call_id,
  sessionId: row.session_id,
  conferenceId: row.conference_id,
  state: row.state,
  reason: row.reason,
  source: row.source,
  channels: row.channels,
  durationMs: row.duration_ms,
  sizeBytes: row.size_bytes,
  secret: row.secret,
  createdMs: row.created_ms,
  endedMs: row.ended_ms,
})
