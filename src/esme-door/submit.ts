// Submits of a bind, asked of the operations: one message, one to many recipients, or a message that comes in segments.

import type { Caller } from '#accounts/caller.ts'
import { sendMessageOperation } from '#operations/messages/send-message.ts'
import type { Run } from '#operations/run.ts'
import type { PduOf } from '#protocols/smpp/pdu.ts'
import type { UnsuccessfulDestination } from '#protocols/smpp/pdu-table.ts'
import { commandStatus } from '#protocols/smpp/command-status.ts'
import { Refusal } from '#reasons/refusal.ts'
import type { EsmeDeliveryRow } from '#store/esme-deliveries.ts'
import { endEsmeSet, keepEsmePart, type EsmePartRow } from '#store/esme-parts.ts'
import type { Store } from '#store/store.ts'
import type { Clock } from '#values/clock.ts'
import type { NextId } from '#values/ids.ts'
import { join } from '#values/text-from.ts'
import { addressFrom } from './esme-address.ts'
import type { MessageIds } from './message-ids.ts'
import type { EsmeMark, SubmitAsk } from './read-submit.ts'
import { statusOf } from './statuses.ts'

export interface SubmitParts {
  readonly run: Run
  readonly store: Store
  readonly clock: Clock
  readonly nextId: NextId
  readonly ids: MessageIds
}

/** What a part was submitted with, kept until the others are there. */
type PartDetail = Omit<SubmitAsk, 'from' | 'text' | 'concat'>

export class Submit {
  readonly #parts: SubmitParts

  constructor(parts: SubmitParts) {
    this.#parts = parts
  }

  /** Gives the message id as the bind sees it; throws what the operation refuses. */
  async one(caller: Caller, ask: SubmitAsk, to: string): Promise<string> {
    if (ask.concat) return this.#part(caller, ask, to, ask.concat)
    return this.#parts.ids.show(await this.#send(caller, ask, to, ask.text, ask.mark))
  }

  /** Each recipient for itself, all under one id (SMPP 3.4 4.5). Throws when none was taken, with the first refusal. */
  async many(caller: Caller, ask: SubmitAsk, to: PduOf<'submit_multi'>['dest_address']) {
    const { nextId, ids } = this.#parts
    const as = nextId()
    const refused: UnsuccessfulDestination[] = []
    let first: unknown
    for (const one of to) {
      if ('dl_name' in one) {
        refused.push({
          dest_addr_ton: 0,
          dest_addr_npi: 0,
          destination_addr: one.dl_name,
          error_status_code: commandStatus.ESME_RINVDLNAME,
        })
        continue
      }
      try {
        await this.#send(caller, ask, addressFrom(one.dest_addr_ton, one.destination_addr), ask.text, { ...ask.mark, as })
      } catch (error) {
        if (!(error instanceof Refusal)) throw error
        first ??= error
        refused.push({ ...one, error_status_code: statusOf(error.reason, 'submit_multi') })
      }
    }
    if (refused.length === to.length && first !== undefined) throw first
    return { message_id: ids.show(as), unsuccess_sme: refused }
  }

  async #send(
    caller: Caller,
    ask: PartDetail & { from: string },
    to: string,
    text: string,
    mark: EsmeMark,
    key?: string,
  ): Promise<number> {
    const { from, kind, coding, sendAt, validUntil, priority, report } = ask
    const input = {
      from,
      to,
      text,
      kind,
      coding,
      priority,
      report,
      ...(sendAt !== undefined && { sendAt }),
      ...(validUntil !== undefined && { validUntil }),
      custom: { esme: mark },
    }
    const { id } = await this.#parts.run(sendMessageOperation, caller, input, key === undefined ? {} : { idempotencyKey: key })
    return id
  }

  /** The part is kept before it is answered. The last one to come sends the message, and hears if it is refused. */
  async #part(caller: Caller, ask: SubmitAsk, to: string, concat: NonNullable<SubmitAsk['concat']>): Promise<string> {
    const { store, clock, nextId, ids } = this.#parts
    const { from, text, concat: _, ...detail } = ask
    const { id, whole } = await store.write(keepEsmePart, {
      credential_id: ask.mark.by,
      sender: from,
      recipient: to,
      reference: concat.reference,
      total: concat.total,
      part: concat.part,
      id: nextId(),
      body: text,
      detail: JSON.stringify(detail),
      at_ms: clock.nowMs(),
    })
    if (whole) await this.sendWhole(caller, whole, id)
    return ids.show(id)
  }

  /** Throws what it is refused for; the other parts, answered already, are told by receipt. */
  async sendWhole(caller: Caller, set: readonly EsmePartRow[], lastId: number): Promise<void> {
    const { store } = this.#parts
    const first = set[0]!
    const detail = JSON.parse(first.detail) as PartDetail
    const text = join(set.map(({ body }) => body))
    const mark: EsmeMark = { ...detail.mark, parts: set.map(({ id }) => id) }
    try {
      // Who dies before the parts are gone finds them whole again, and sends nothing twice.
      await this.#send(caller, { ...detail, from: first.sender }, first.recipient, text, mark, `parts-${first.id}`)
    } catch (error) {
      if (error instanceof Refusal) {
        const told = set.filter(({ id }) => id !== lastId)
        await store.write(endEsmeSet, { set: first, deliveries: told.flatMap((part) => this.failedPart(part, error.reason)) })
      }
      throw error
    }
    await store.write(endEsmeSet, { set: first, deliveries: [] })
  }

  /** The receipt of a part that became no message; none where none was asked for. */
  failedPart(part: EsmePartRow, reason: string): EsmeDeliveryRow[] {
    const { mark } = JSON.parse(part.detail) as PartDetail
    if ((mark.rd & 3) === 0) return []
    const { clock, nextId } = this.#parts
    return [
      {
        id: nextId(),
        credential_id: part.credential_id,
        kind: 'receipt',
        message_id: null,
        shown_id: part.id,
        state: 'failed',
        reason,
        detail: JSON.stringify({ sender: part.sender, recipient: part.recipient, submitMs: part.at_ms }),
        at_ms: clock.nowMs(),
      },
    ]
  }
}
