// How status callbacks tell of calls (reference 13.2). A number's own tells its inbound calls with what scripts are told, and of fewer
// steps; those of calls that were placed or dialled name the step. The answer is ignored.

import type { CallHappening, CallSubject } from '#voice/call-subject.ts'
import type { Rendered, WebhookMethod } from '#webhooks/webhook-form.ts'
import { recordingUrl, voiceFields, directionOf, type CallScriptParts } from './call-script.ts'
import { requestOf, type Pairs } from './session-request.ts'

const events: Readonly<Record<CallHappening, string>> = {
  created: 'initiated',
  ringing: 'ringing',
  answered: 'answered',
  ended: 'completed',
}
const sequence: readonly CallHappening[] = ['created', 'ringing', 'answered', 'ended']

/** RFC 2822 but for the zone, which is an id there. */
const timestamp = (ms: number): string => new Date(ms).toUTCString().replace(/GMT$/, 'Etc/UTC')

const seconds = (ms: number): string => String(Math.round(ms / 1000))

export async function renderCallStatus(
  parts: Pick<CallScriptParts, 'sids' | 'baseUrl'>,
  call: CallSubject,
  method: WebhookMethod,
  url: string,
): Promise<Rendered> {
  const told = {
    ...(call.reason !== null && { 'offhook-reason': call.reason }),
    ...(call.errorId !== null && { 'offhook-error-id': call.errorId }),
  }
  const pairs = call.origin === 'inbound' ? await inboundFields(parts, call) : await placedFields(parts, call)
  return requestOf(method, url, pairs, told)
}

async function inboundFields(parts: Pick<CallScriptParts, 'sids'>, call: CallSubject): Promise<Pairs> {
  return [...(await voiceFields(parts, call)), ...(call.final ? ([['CallDuration', seconds(call.durationMs)]] as const) : [])]
}

async function placedFields({ sids, baseUrl }: Pick<CallScriptParts, 'sids' | 'baseUrl'>, call: CallSubject): Promise<Pairs> {
  const recording = call.final && call.origin === 'api' ? call.recordings.find(({ state }) => state === 'ready') : undefined
  return [
    ['InstanceId', sids.instance],
    ['AccountSid', await sids.ofAccount(call.accountId)],
    ['CallSid', sids.ofCall(call.id)],
    ['From', call.from],
    ['To', call.to],
    ['Direction', directionOf(call)],
    ['CallerName', call.fromName],
    ['ForwardedFrom', call.forwardedFrom],
    ...(call.parentId === null ? [] : ([['ParentCallSid', sids.ofCall(call.parentId)]] as const)),
    ['CallStatus', events[call.happening]],
    ...(call.final ? ([['CallDuration', seconds(call.durationMs)]] as const) : []),
    ...(recording
      ? ([
          ['RecordingUrl', await recordingUrl({ sids, baseUrl } as CallScriptParts, call.accountId, recording.id)],
          ['RecordingSid', sids.show('RE', recording.id)],
          ['RecordingDuration', seconds(recording.durationMs)],
        ] as const)
      : []),
    ['Timestamp', timestamp(call.happenedMs)],
    ['CallbackSource', 'call-progress-events'],
    ['SequenceNumber', String(sequence.indexOf(call.happening))],
  ]
}
