// A customer's bind once it is accepted: what each of its requests means, asked of the operations, and how it is answered. Every
// refusal is a command_status from its reason; nothing is decided here.

import type { Caller } from '#accounts/caller.ts'
import type { Rates } from '#accounts/rates.ts'
import { cancelMessageOperation } from '#operations/messages/change-messages.ts'
import { readMessageOperation } from '#operations/messages/read-message.ts'
import { refusalOfStore, type Run } from '#operations/run.ts'
import { commandStatus } from '#protocols/smpp/command-status.ts'
import { messageStates } from '#protocols/smpp/message-state.ts'
import type { PduOf, RequestName, RequestPdu } from '#protocols/smpp/pdu.ts'
import type { Respond } from '#protocols/smpp/session-parts.ts'
import type { Session } from '#protocols/smpp/session.ts'
import { absoluteTime } from '#protocols/smpp/smpp-time.ts'
import { Refusal, refusal, refuse } from '#reasons/refusal.ts'
import type { Clock } from '#values/clock.ts'
import { addressFrom } from './esme-address.ts'
import type { EsmeTerms } from './esme-form.ts'
import type { MessageIds } from './message-ids.ts'
import { readSubmit, type SubmitPdu } from './read-submit.ts'
import { errorOf, messageStateOfOurs, statusOf } from './statuses.ts'
import type { Submit } from './submit.ts'

export interface BoundParts {
  readonly run: Run
  readonly rates: Rates
  readonly clock: Clock
  readonly ids: MessageIds
  readonly submit: Submit
  /** A refusal leaves the house: gives the id that it can be looked up by. */
  told(refusal: Refusal, command: RequestName, status: number, bound: BoundEsme): string
  /** A fault of ours; gives its id. */
  fault(error: unknown): string
}

/** SMPP 5.0 4.7.13: who speaks it may be told more in a refused response. */
const version50 = 0x50

export class BoundEsme {
  readonly session: Session
  readonly systemId: string
  readonly source: string
  readonly version: number
  /** May be told of news. */
  readonly receives: boolean
  caller: Caller
  terms: EsmeTerms
  readonly #parts: BoundParts
  #submitting = 0

  constructor(
    parts: BoundParts,
    bind: {
      session: Session
      systemId: string
      source: string
      version: number
      receives: boolean
      caller: Caller
      terms: EsmeTerms
    },
  ) {
    this.#parts = parts
    this.session = bind.session
    this.systemId = bind.systemId
    this.source = bind.source
    this.version = bind.version
    this.receives = bind.receives
    this.caller = bind.caller
    this.terms = bind.terms
  }

  get credentialId(): number {
    return this.caller.credentialId!
  }

  take(pdu: RequestPdu, respond: Respond): void {
    void this.#answer(pdu, respond)
  }

  async #answer(pdu: RequestPdu, respond: Respond): Promise<void> {
    try {
      switch (pdu.command) {
        case 'submit_sm':
        case 'submit_multi':
        case 'data_sm':
          return await this.#submit(pdu, respond)
        case 'query_sm':
          return respond(await this.#query(pdu))
        case 'cancel_sm':
          await this.#cancel(pdu)
          return respond()
        default:
          // replace_sm and broadcasts are not part of the platform.
          return refuse('platform.not_implemented', { operation: pdu.command })
      }
    } catch (error) {
      this.#refused(error, pdu, respond)
    }
  }

  #refused(error: unknown, { command }: RequestPdu, respond: Respond): void {
    const refused = error instanceof Refusal ? error : (refusalOfStore(error) ?? this.#faulty(error))
    const status = command === 'replace_sm' ? commandStatus.ESME_RREPLACEFAIL : statusOf(refused.reason, command)
    const errorId = this.#parts.told(refused, command, status, this)
    const text = `${refused.reason} ${errorId}`
    respond({ status, ...(this.version >= version50 && { tlvs: { additional_status_info_text: text } }) })
  }

  #faulty(error: unknown): Refusal {
    const refused = refusal('platform.internal_error', {})
    refused.errorId = this.#parts.fault(error)
    return refused
  }

  async #submit(pdu: SubmitPdu, respond: Respond): Promise<void> {
    const { terms, credentialId } = this
    const { rates, clock, submit } = this.#parts
    if (this.#submitting >= terms.window)
      refuse('rate.limit_exceeded', { scope: 'window', limit: terms.window, windowMs: 1000, retryAfterMs: 100 })
    if (terms.throughput > 0) {
      const taken = rates.take({ bucket: `smpp ${credentialId}`, limit: terms.throughput, windowMs: 1000, scope: 'messages' })
      if (taken instanceof Promise) await taken
    }
    const ask = readSubmit(pdu, terms, credentialId, clock.nowMs())
    if ('detail' in ask) return respond({ status: ask.status })
    this.#submitting += 1
    try {
      if (pdu.command === 'submit_multi') respond(await submit.many(this.caller, ask, pdu.dest_address))
      else respond({ message_id: await submit.one(this.caller, ask, addressFrom(pdu.dest_addr_ton, pdu.destination_addr)) })
    } finally {
      this.#submitting -= 1
    }
  }

  /** Gives resource.not_found. */
  async #message(messageId: string, pdu: PduOf<'query_sm'> | PduOf<'cancel_sm'>) {
    const id = this.#parts.ids.read(messageId)
    const message = id === undefined ? undefined : await this.#parts.run(readMessageOperation, this.caller, { id })
    // SMPP 3.4 4.8.1 and 4.9.1: the source must be that of the submit.
    const from = addressFrom(pdu.source_addr_ton, pdu.source_addr)
    if (!message || (from !== '' && from !== message.from)) refuse('resource.not_found', { noun: 'message' })
    return message
  }

  async #query(pdu: PduOf<'query_sm'>) {
    const { state, final, endedAt, reason } = await this.#message(pdu.message_id, pdu)
    return {
      message_id: pdu.message_id,
      final_date: final && endedAt !== null ? absoluteTime(endedAt) : '',
      message_state: messageStates[messageStateOfOurs(state)],
      error_code: Math.min(255, Number(errorOf(final && state !== 'delivered' ? (reason?.slug ?? null) : null))),
    }
  }

  async #cancel(pdu: PduOf<'cancel_sm'>): Promise<void> {
    // All messages to one recipient at once (4.9.1 with an empty message_id) is not offered.
    const { id } = await this.#message(pdu.message_id, pdu)
    await this.#parts.run(cancelMessageOperation, this.caller, { id })
  }
}
