// What clients are told of messages and calls: how those that they sent go, and those that came to their numbers. GET has the fields in the
// query, POST in a form (reference section 11.1). No signature is published; the answer is not read.

import { loadAccount } from '#accounts/account.ts'
import type { MessageSubject } from '#messaging/message-subject.ts'
import type { FaceParts } from '#operations/face-parts.ts'
import type { Slug } from '#reasons/catalogue.ts'
import type { Params } from '#reasons/refusal.ts'
import { readCallById } from '#store/calls.ts'
import type { CallSubject, RecordingSubject } from '#voice/call-subject.ts'
import { RecordingUrls } from '#voice/recording-urls.ts'
import type { Rendered, Target, WebhookForm } from '#webhooks/webhook-form.ts'
import {
  callFields,
  eventRequest,
  keptFaultIn,
  resultOf,
  resultOfFault,
  servedBy,
  success,
  type CallStatus,
  type EventFields,
  type Result,
} from './call-events.ts'
import { plainNumber } from './formats.ts'
import { TokuIds } from './ids.ts'
import { errorOf, messageFields } from './message-fields.ts'

const statuses: Readonly<Record<CallSubject['happening'], CallStatus>> = {
  created: 'SETUP',
  ringing: 'ALERT',
  answered: 'CONNECT',
  ended: 'DISCONNECT',
}

/** How the call ended; of one that ended well, a command that was passed over since the last event. */
function resultOfCall({ final, reason, params, faceData }: CallSubject): Result {
  if (!final || reason === null) return success
  const result = resultOf({ reason: reason as Slug, params: params as Params })
  const fault = keptFaultIn(faceData)
  return result.code === 0 && fault ? resultOfFault(fault) : result
}

/** Our own words for how it ended, where it ended badly: a code of the vendor may stand for several. */
const toldHeaders = ({ reason, errorId }: CallSubject): Readonly<Record<string, string>> =>
  reason !== null && errorId !== null ? { 'offhook-reason': reason, 'offhook-error-id': errorId } : {}

export function tokuWebhookForm({ store, key, settings }: FaceParts): WebhookForm {
  const ids = new TokuIds(key)
  const urls = new RecordingUrls(key, settings.publicUrl)
  const parts = { read: store, ids }

  async function messageEvent({ subject, accountId }: Target, happenedMs: number): Promise<EventFields> {
    const message = subject as MessageSubject
    const account = await loadAccount(store, accountId)
    if (!account) throw new Error('a message is told of an account that is gone')
    const { reason, params } = message
    const why = reason === null ? null : { reason: reason as Slug, params: params as Params }
    const { code, message: words } = errorOf({ ...message, why })
    const shown = Object.entries(messageFields({ ...message, why }, ids, account, happenedMs))
    return [
      ['result', String(code)],
      ['result_desc', words],
      ['service_name', 'SMS'],
      ...(message.direction === 'in' ? ([['number', plainNumber(message.to)]] satisfies EventFields) : []),
      ...shown.map(([name, value]): [string, string] => [name, String(value)]),
    ]
  }

  async function callEvent(call: CallSubject): Promise<EventFields> {
    const status = statuses[call.happening]
    const seconds = Math.round(call.durationMs / 1000)
    return callFields(parts, call, await servedBy(parts, call), { status, result: resultOfCall(call), seconds })
  }

  /** Told once its file can be fetched, or that there is none. */
  async function recordingEvent(recording: RecordingSubject): Promise<EventFields> {
    const call = recording.callId === null ? undefined : await readCallById(store, recording.callId)
    const isReady = recording.state === 'ready'
    const result = recording.reason === null ? success : resultOf({ reason: recording.reason as Slug, params: {} })
    return [
      ['result', String(result.code)],
      ['result_desc', result.words],
      ['call_status', 'RECORD'],
      ['session_id', recording.sessionId === null ? '' : ids.show('call', recording.sessionId)],
      ['channel', recording.callId === recording.sessionId ? '0' : '1'],
      ['record_id', ids.show('recording', recording.id)],
      ['record_url', isReady ? urls.urlOf(recording) : ''],
      ['duration', String(Math.round(recording.durationMs / 1000))],
      ['reference_id', call?.client_ref ?? ''],
    ]
  }

  return {
    face: 'toku',
    // Three more tries (reference section 11.1).
    retryAfterMs: [5_000, 30_000, 120_000],
    async render(target, { happenedMs }): Promise<Rendered> {
      const { kind, subject, method, url } = target
      if (kind === 'call.status') {
        const call = subject as CallSubject
        const event = eventRequest(method, url, await callEvent(call))
        return { ...event, headers: { ...event.headers, ...toldHeaders(call) } }
      }
      if (kind === 'recording.status') return eventRequest(method, url, await recordingEvent(subject as RecordingSubject))
      return eventRequest(method, url, await messageEvent(target, happenedMs))
    },
  }
}
