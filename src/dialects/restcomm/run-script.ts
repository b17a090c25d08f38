// Does what the markup of an application asks for when a message came in (reference 21 and 23): sends, goes on with another
// document, tells of what is wrong. A crash may bring the same answer here twice; each deed has a key made from the
// delivery, so that nothing is sent twice. What the core refuses is told in a notification, and the next verb is done.

import type { Caller } from '#accounts/caller.ts'
import type { MessageSubject } from '#messaging/message-subject.ts'
import type { EmailVerb, Script, SendVerb } from '#messaging/verbs.ts'
import { sendEmailOperation } from '#operations/emails/send-email.ts'
import type { WebhookFormParts } from '#operations/face-parts.ts'
import type { SendValue } from '#operations/messages/send-input.ts'
import { sendMessageOperation } from '#operations/messages/send-message.ts'
import { mediaType } from '#protocols/http/media-type.ts'
import { isFailure } from '#protocols/http/outgoing.ts'
import { Refusal, refusal } from '#reasons/refusal.ts'
import { reasonOfFailure, reasonOfStatus } from '#webhooks/failure-reason.ts'
import type { Delivery, WebhookAnswer } from '#webhooks/webhook-form.ts'
import { faceName, type Sids } from './ids.ts'
import { statusOf } from './message-states.ts'
import type { KeptOfMessage } from './message-view.ts'
import { noteFault } from './note-fault.ts'
import { codeOfFetch, type NotificationCodeName } from './notification-codes.ts'
import { readRcml } from './rcml.ts'
import { refusalOfFault, type Fault } from './rcml-element.ts'
import { sendTerms } from './send-fields.ts'
import { requestOf, sessionFields } from './session-request.ts'

/** An application that redirects to itself ends here. */
const documentsAtMost = 20
/** Reference 23.1: six seconds for a document. */
const limits = { totalMs: 6_000, connectMs: 3_000, headersMs: 6_000, maxBytes: 64 * 1024 }

const markupTypes = new Set(['text/xml', 'application/xml', 'text/html'])

type More = readonly (readonly [name: string, value: string])[]

/** A document as it was answered. */
interface Document {
  readonly script: Script
  readonly type: string | undefined
  readonly text: string
}

export async function runScript(parts: WebhookFormParts, sids: Sids, delivery: Delivery, answer: WebhookAnswer): Promise<void> {
  const caller = await parts.identity.byAccountId(faceName, delivery.accountId, null)
  if (!caller) return
  const session = new Session(parts, sids, delivery, caller)
  const type = answer.headers['content-type']
  await session.run({
    script: { url: answer.url, method: 'POST' },
    type: typeof type === 'string' ? type : undefined,
    text: answer.body.toString('utf8'),
  })
}

class Session {
  readonly #parts: WebhookFormParts
  readonly #sids: Sids
  readonly #delivery: Delivery
  readonly #caller: Caller
  readonly #message: MessageSubject
  /** Deeds and faults so far: they come in the same order every time. */
  #count = 0

  constructor(parts: WebhookFormParts, sids: Sids, delivery: Delivery, caller: Caller) {
    this.#parts = parts
    this.#sids = sids
    this.#delivery = delivery
    this.#caller = caller
    this.#message = delivery.subject as MessageSubject
  }

  async run(first: Document): Promise<void> {
    let document: Document | undefined = first
    for (let read = 0; document; read += 1) {
      if (read === documentsAtMost) {
        const says = `there are more than ${documentsAtMost} documents in one session`
        this.#fault(document.script, { code: '2000', element: 'Redirect', line: 1, says })
        return
      }
      document = await this.#do(document)
    }
  }

  /** Gives the document to go on with. */
  async #do({ script, type, text }: Document): Promise<Document | undefined> {
    // Nothing to do is a good answer, of whatever type.
    if (text.trim() === '') return undefined
    const plain = mediaType(type)?.type
    if (plain === undefined || !markupTypes.has(plain)) {
      const cause = `the answer is ${plain ?? 'of no type'}, not XML`
      this.#note(script, refusal('webhook.answer_unreadable', { cause }), '12300')
      return undefined
    }
    const { country } = this.#caller.account.settings
    for (const step of await readRcml(text, { url: script.url, country })) {
      if ('fault' in step) {
        this.#fault(script, step.fault)
        continue
      }
      const { verb } = step
      if (verb.verb === 'redirect') return this.#fetch(verb.script)
      if (verb.verb === 'email') await this.#email(script, verb)
      else {
        const sent = await this.#send(script, verb)
        if (verb.action) return this.#fetch(verb.action, sent)
      }
    }
    return undefined
  }

  /** Gives what the action is told: under the names of both generations (reference 23.7). */
  async #send(script: Script, verb: SendVerb): Promise<More> {
    const { channel, to, from, text, media, callback } = verb
    const message = this.#message
    const custom: KeptOfMessage = { isReply: true, ...(channel === 'mms' && { channel }) }
    const input: SendValue = {
      from: from ?? message.to,
      to: to ?? message.from,
      text,
      kind: channel,
      ...(media.length > 0 && { media: media.map((url) => ({ url })) }),
      ...(callback && { callback }),
      ...sendTerms,
      custom: { ...custom },
    }
    try {
      const sent = await this.#parts.run(sendMessageOperation, this.#caller, input, { idempotencyKey: this.#key() })
      return told(statusOf(sent.state), this.#sids.show('SM', sent.id))
    } catch (error) {
      this.#refused(script, error)
      return told('failed', '')
    }
  }

  async #email(script: Script, { from, to, cc, bcc, subject, text }: EmailVerb): Promise<void> {
    const input = { from, to, cc, bcc, subject, body: text }
    try {
      await this.#parts.run(sendEmailOperation, this.#caller, input, { idempotencyKey: this.#key() })
    } catch (error) {
      this.#refused(script, error)
    }
  }

  async #fetch(script: Script, more: More = []): Promise<Document | undefined> {
    const named = new Set(more.map(([name]) => name))
    const session = await sessionFields(this.#parts, this.#sids, this.#message)
    const fields = session.filter(([name]) => !named.has(name))
    const { method, url, headers, body } = requestOf(script.method, script.url, [...fields, ...more])
    const { loopback } = this.#delivery
    const answer = await this.#parts.fetch({ method, url, headers, body: method === 'GET' ? null : body, limits, loopback })
    if (isFailure(answer)) return this.#missed(script, reasonOfFailure(answer))
    if (answer.status < 200 || answer.status > 299) return this.#missed(script, reasonOfStatus(answer.status))
    const type = answer.headers['content-type']
    return { script, type: typeof type === 'string' ? type : undefined, text: answer.body.toString('utf8') }
  }

  #missed(script: Script, reason: Refusal): undefined {
    this.#note(script, reason, codeOfFetch(reason))
  }

  #key(): string {
    this.#count += 1
    return `delivery-${this.#delivery.id}-${this.#count}`
  }

  /** What is no refusal is a fault of ours, and the delivery is tried again. */
  #refused(script: Script, error: unknown): void {
    if (!(error instanceof Refusal)) throw error
    this.#note(script, error, '')
  }

  #fault(script: Script, fault: Fault): void {
    this.#note(script, refusalOfFault(fault), fault.code)
  }

  #note({ method, url }: Script, reason: Refusal, code: NotificationCodeName | ''): void {
    this.#count += 1
    noteFault(this.#parts, this.#delivery, { name: String(this.#count), refusal: reason, code, method, url })
  }
}

const told = (status: string, sid: string): More => [
  ['SmsSid', sid],
  ['SmsStatus', status],
  ['MessageSid', sid],
  ['MessageStatus', status],
]
