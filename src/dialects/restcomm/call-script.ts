// Scripts of calls in RCML (reference 23): what each request for a document carries, and what an answer says. Markup is told by its type: a
// sound is played, plain text is said. Nothing is fetched or done here.

import { mediaType } from '#protocols/http/media-type.ts'
import { refusal, type Refusal } from '#reasons/refusal.ts'
import type { CallView, Occasion, Script, ScriptAnswer, ScriptForm, ScriptWarning, VerbResult } from '#voice/script-form.ts'
import type { Verb } from '#voice/verbs/verb.ts'
import { readCallRcml } from './call-verbs.ts'
import { apiVersion, isoText } from './formats.ts'
import { faceName, type Sids } from './ids.ts'
import { codeOfFetch, warningCode } from './notification-codes.ts'
import { refusalOfFault, type Fault } from './rcml-element.ts'
import { requestOf, type Pairs } from './session-request.ts'

const markupTypes = new Set(['text/xml', 'application/xml', 'text/html'])
const soundTypes = new Set(['audio/wav', 'audio/wave', 'audio/x-wav', 'audio/mpeg', 'audio/mp3'])

export type CallStatus = 'queued' | 'ringing' | 'in-progress' | 'completed' | 'busy' | 'failed' | 'no-answer' | 'canceled'

export function callStatusOf(state: CallView['state']): CallStatus {
  if (state === 'answered') return 'in-progress'
  return state === 'no_answer' ? 'no-answer' : state
}

export function directionOf({ origin }: Pick<CallView, 'origin'>): string {
  return origin === 'inbound' ? 'inbound' : `outbound-${origin}`
}

export interface CallScriptParts {
  readonly sids: Sids
  /** Where clients reach this face: its base URL with the version. */
  readonly baseUrl: () => string
  /** ISO 3166 alpha-2, of the account whose call it is. */
  country(accountId: number): Promise<string>
}

/** Its file needs no login (reference 17): nobody can guess the sid. */
export const recordingUrl = async ({ sids, baseUrl }: CallScriptParts, accountId: number, id: number): Promise<string> =>
  `${baseUrl()}/Accounts/${await sids.ofAccount(accountId)}/Recordings/${sids.show('RE', id)}.wav`

/** What every request carries (reference 23.2). */
export async function voiceFields({ sids }: Pick<CallScriptParts, 'sids'>, call: CallView): Promise<Pairs> {
  return [
    ['CallSid', sids.ofCall(call.id)],
    ['InstanceId', sids.instance],
    ['AccountSid', await sids.ofAccount(call.accountId)],
    ['From', call.from],
    ['To', call.to],
    ['CallStatus', callStatusOf(call.state)],
    ['ApiVersion', apiVersion],
    ['Direction', directionOf(call)],
    ['CallerName', call.fromName || 'null'],
    ['ForwardedFrom', call.forwardedFrom || 'null'],
    ['CallTimestamp', isoText(call.createdMs)],
    // Of a call that went out what its party said: the application knows what it sent itself.
    ...Object.entries(call.origin === 'inbound' ? call.headers : call.answerHeaders).map(
      ([name, value]) => [`SipHeader_${name}`, value] as const,
    ),
  ]
}

const seconds = (ms: number): string => String(Math.round(ms / 1000))

export function restcommScriptForm(parts: CallScriptParts): ScriptForm {
  const { sids } = parts

  async function recordingFields(accountId: number, id: number | null): Promise<Pairs> {
    if (id === null) return []
    const url = await recordingUrl(parts, accountId, id)
    return [
      ['RecordingUrl', url],
      ['PublicRecordingUrl', url],
    ]
  }

  async function resultFields(call: CallView, result: VerbResult): Promise<Pairs> {
    switch (result.verb) {
      case 'gather':
        return result.how === 'speech'
          ? [
              ['SpeechResult', result.speech ?? ''],
              ['Confidence', String(result.confidence ?? 0)],
            ]
          : [['Digits', result.digits]]
      case 'record':
        return [
          ...(await recordingFields(call.accountId, result.recordingId)),
          ['RecordingDuration', String(result.durationMs / 1000)],
          ['Digits', result.hungUp ? 'hangup' : result.digits],
        ]
      case 'dial':
        return [
          ...(result.callId === null || !result.wasPlaced ? [] : ([['OutboundCallSid', sids.ofCall(result.callId)]] as const)),
          // Reference section 23.4: where no leg was placed. Its record is found by the error id in the headers.
          ['DialCallSid', result.callId === null || !result.wasPlaced ? 'null' : sids.ofCall(result.callId)],
          ['DialCallStatus', dialStatusOf(result)],
          ['DialCallDuration', seconds(result.connectedMs)],
          ['DialRingDuration', seconds(result.ringMs)],
          ...(await recordingFields(call.accountId, result.recordingId)),
          ...(result.sipCallId === undefined ? [] : ([['DialSipCallId', result.sipCallId]] as const)),
          ...(result.sipStatus === undefined ? [] : ([['DialSipResponseCode', String(result.sipStatus)]] as const)),
          ...Object.entries(result.headers ?? {}).map(([name, value]) => [`DialSipHeader_${name}`, value] as const),
        ]
      case 'message': {
        // Under the names of both generations (reference 23.7).
        const status = result.refusal ? 'failed' : 'sending'
        const sid = result.messageId === null ? '' : sids.show('SM', result.messageId)
        return [
          ['SmsSid', sid],
          ['SmsStatus', status],
          ['MessageSid', sid],
          ['MessageStatus', status],
        ]
      }
      case 'hold':
      case 'resume': {
        const name = result.verb === 'hold' ? 'Hold' : 'Resume'
        const done = result.verb === 'hold' ? 'held' : 'resumed'
        return [
          [`${name}Status`, result.state === 'done' ? done : result.state.replace('_', '-')],
          ...(result.sipStatus === undefined ? [] : ([[`${name}SipResponseCode`, String(result.sipStatus)]] as const)),
        ]
      }
      case 'refer':
        return [
          ['ReferCallStatus', result.accepted && (result.notifiedStatus ?? 200) < 300 ? 'completed' : 'failed'],
          ...(result.sipStatus === undefined ? [] : ([['ReferSipResponseCode', String(result.sipStatus)]] as const)),
          ...(result.notifiedStatus === undefined ? [] : ([['NotifySipResponseCode', String(result.notifiedStatus)]] as const)),
        ]
      default:
        return []
    }
  }

  async function occasionFields(call: CallView, occasion: Occasion): Promise<Pairs> {
    switch (occasion.type) {
      case 'result':
        return resultFields(call, occasion.result)
      case 'partial':
        return [['UnstableSpeechResult', occasion.text]]
      case 'start':
        // Reference 23.4: whoever screens learns which call it is.
        if (occasion.screening) return occasion.sipCallId === undefined ? [] : [['SipCallId', occasion.sipCallId]]
        return occasion.refer
          ? [
              ['Transferor', occasion.refer.transferor],
              ['Transferee', occasion.refer.transferee],
              ['ReferTarget', occasion.refer.target],
            ]
          : []
      case 'error':
        // Ours: the fallback learns why it was asked.
        return [['ErrorReason', occasion.refusal.reason]]
      default:
        return []
    }
  }

  return {
    face: faceName,
    timeoutMs: 6_000,
    accepts: (status) => status >= 200 && status < 300,
    /** Reference 27. */
    phoneHeaders: async ({ id, accountId }) => ({
      'X-RestComm-ApiVersion': apiVersion,
      'X-RestComm-AccountSid': await sids.ofAccount(accountId),
      'X-RestComm-CallSid': sids.ofCall(id),
    }),
    beforeAnswer: ['pause', 'reject', 'hangUp'],
    // Reference 23.3 and 27: a hangup before the answer is a 500, a document that is not there a 404, any other fault of one a 500.
    hangUpStatus: 500,
    // Reference 23.4: who is asked first is connected with nobody else.
    barredInScreening: ['dial', 'conference'],
    statusOf: ({ reason, params }) => (reason === 'webhook.status_unexpected' && params['status'] === 404 ? 404 : 500),
    // What cannot be said, played or recorded ends the document, with its code (reference 28); whom a Dial did not reach is its action's matter.
    endsScript: ({ reason }) => /^(?:tts|play|platform)\./.test(reason),
    codeOf: (why) => codesTold.get(why) ?? (why.reason.startsWith('webhook.') ? codeOfFetch(why) : ''),
    async request({ url, method }, occasion, call) {
      const fields = await voiceFields(parts, call)
      // The page that a conference's waiters hear is not told of a call's status (reference 23.2).
      const told = occasion.type === 'wait' ? fields.filter(([name]) => name !== 'CallStatus') : fields
      const { headers, body, ...request } = requestOf(method, url, [...told, ...(await occasionFields(call, occasion))])
      return { ...request, headers: { ...headers, accept: 'application/xml, text/xml, audio/wav, text/plain' }, body }
    },
    async read(answer, call) {
      const type = typeOf(answer)
      const text = (): string => answer.body.toString('utf8')
      if (type !== undefined && soundTypes.has(type))
        return only({ verb: 'play', audio: [{ kind: 'url', url: answer.url }], times: 1 })
      if (type === 'text/plain') {
        const said = text().trim()
        return only({ verb: 'play', audio: [{ kind: 'say', text: said, language: 'en-US', voice: 'male' }], times: 1 })
      }
      if (type === undefined || !markupTypes.has(type)) {
        throw toldAs(refusal('webhook.answer_unreadable', { cause: `the answer is ${type ?? 'of no type'}, not XML` }), '12300')
      }
      const country = await parts.country(call.accountId)
      const { verbs, faults, warnings } = await readCallRcml(text(), { url: answer.url, method: 'POST', country, call })
      const [fault] = faults
      if (fault) throw toldAs(refusalOfFault(fault), fault.code)
      return {
        verbs,
        warnings: warnings.map(warningOf),
      }
    },
  }
}

function dialStatusOf({ state, wasPlaced }: Extract<VerbResult, { verb: 'dial' }>): string {
  if (state === 'no_answer' && wasPlaced) return 'no-answer'
  return wasPlaced || state === 'canceled' ? state : 'failed'
}

/** Codes of faults in documents, which their reasons alone do not tell. */
const codesTold = new WeakMap<Refusal, string>()

function toldAs(why: Refusal, code: string): Refusal {
  codesTold.set(why, code)
  return why
}

function warningOf(fault: Fault): ScriptWarning {
  const { says, line, column, expected, code } = fault
  return {
    text: expected === undefined ? says : `${says}; expected is ${expected}`,
    line,
    ...(column !== undefined && { column }),
    refusal: toldAs(refusalOfFault(fault), warningCode(code)),
  }
}

const only = (verb: Verb): Script => ({ verbs: [verb], warnings: [] })

function typeOf({ headers }: ScriptAnswer): string | undefined {
  const type = headers['content-type']
  return mediaType(typeof type === 'string' ? type : undefined)?.type
}
