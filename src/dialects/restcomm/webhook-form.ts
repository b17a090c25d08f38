// How customers' URLs are told of messages (reference 21): status callbacks in a form, and messages that came in, whose
// answer is markup that says what to do next. No signature is published for either. GET has the same fields in its query.
// The first request for a script, when it fails, is told at once in a notification, whatever comes of later attempts.

import type { MessageSubject } from '#messaging/message-subject.ts'
import type { WebhookFormParts } from '#operations/face-parts.ts'
import type { Refusal } from '#reasons/refusal.ts'
import type { Delivery, Rendered, Target, WebhookForm } from '#webhooks/webhook-form.ts'
import type { CallSubject } from '#voice/call-subject.ts'
import { renderCallStatus } from './call-callback.ts'
import { prefixes } from './face.ts'
import { faceName, Sids } from './ids.ts'
import { errorName, errorOf, statusOf, descriptions, type Ended, type State } from './message-states.ts'
import { channelOf, keptOf } from './message-view.ts'
import { noteFault } from './note-fault.ts'
import { codeOfFetch } from './notification-codes.ts'
import { runScript } from './run-script.ts'
import { requestOf, sessionFields, type Pairs } from './session-request.ts'

const endedOf = ({ state, final, reason, params, cause }: MessageSubject): Ended => ({
  state: state as State,
  final,
  reason: reason === null ? null : { slug: reason, params, cause },
})

export function restcommWebhookForm(parts: WebhookFormParts): WebhookForm {
  const sids = new Sids(parts.key, parts.store)
  const baseUrl = (): string => parts.settings.publicUrl() + prefixes[0]

  async function statusFields(message: MessageSubject): Promise<Pairs> {
    const options = parts.settings.options()
    const sid = sids.show('SM', message.id)
    const status = statusOf(message.state as State)
    const { channel } = keptOf(message.custom)
    const prefix = channel === undefined ? '' : `${channelOf(message.kind)}:`
    const error = errorOf(endedOf(message))
    const body = ['Body', message.text] as const
    return [
      ['From', prefix + message.from],
      ['To', prefix + message.to],
      // The open server has it twice; readers that would make a list of it can have it once (reference 21).
      body,
      ...(options['bodyOnce'] === true ? [] : [body]),
      ['AccountSid', await sids.ofAccount(message.account)],
      ...(error ? ([['ErrorCode', options['errorCodeNames'] === true ? errorName(error) : String(error.code)]] as const) : []),
      ['MessageSid', sid],
      ['MessageStatus', status],
      ['SmsSid', sid],
      ['SmsStatus', status],
      ...(channel === undefined ? [] : ([['StatusDescription', descriptions[status]]] as const)),
    ]
  }

  return {
    face: faceName,
    async render({ kind, subject, method, url, errorId }: Target): Promise<Rendered> {
      if (kind === 'call.status') return renderCallStatus({ sids, baseUrl }, subject as CallSubject, method, url)
      const message = subject as MessageSubject
      if (kind === 'message.inbound') return requestOf(method, url, await sessionFields(parts, sids, message))
      const told = {
        ...(message.reason !== null && { 'offhook-reason': message.reason }),
        ...(errorId && { 'offhook-error-id': errorId }),
      }
      return requestOf(method, url, await statusFields(message), told)
    },
    async answered(delivery, answer) {
      // What a status callback is answered does not matter.
      if (delivery.kind === 'message.inbound' && delivery.subject) await runScript(parts, sids, delivery, answer)
    },
    async missed(delivery: Delivery, reason: Refusal) {
      if (delivery.kind !== 'message.inbound') return
      const { method } = delivery
      noteFault(parts, delivery, { name: 'first', refusal: reason, code: codeOfFetch(reason), method, url: delivery.url })
    },
  }
}
