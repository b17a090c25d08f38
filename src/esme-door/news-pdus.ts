// A delivery as deliver_sm PDUs: a receipt with both its TLVs and its text, or a message, whole or cut as the customer wants it.

import { buildEsmClass } from '#protocols/smpp/message-bits.ts'
import { messageStates } from '#protocols/smpp/message-state.ts'
import type { PduDraftOf } from '#protocols/smpp/pdu.ts'
import { buildReceiptText } from '#protocols/smpp/receipt-text.ts'
import { buildNetworkErrorCode } from '#protocols/smpp/message-bits.ts'
import type { EsmeDeliveryRow } from '#store/esme-deliveries.ts'
import type { MessageRow } from '#store/messages.ts'
import { planText, segmentsOf } from '#values/sms-text.ts'
import { addressTo } from './esme-address.ts'
import type { EsmeTerms } from './esme-form.ts'
import type { MessageIds } from './message-ids.ts'
import type { EsmeMark } from './read-submit.ts'
import { errorOf, messageStateOfOurs } from './statuses.ts'

export type DeliverDraft = PduDraftOf<'deliver_sm'>

/** network_error_code of the message centre's own (SMPP 3.4 5.3.2.31; 5.0 4.8.4.42). */
const ownNetwork = 8
const receiptClass = buildEsmClass({ type: 'delivery_receipt' })
const intermediateClass = buildEsmClass({ type: 'intermediate_notification' })
const udhClass = buildEsmClass({ hasUdh: true })

/** Empty when the message is gone: nothing is left to be told. */
export function pdusOf(row: EsmeDeliveryRow, message: MessageRow | undefined, terms: EsmeTerms, ids: MessageIds): DeliverDraft[] {
  if (row.kind === 'message') return message ? messagePdus(message, terms) : []
  const detail = JSON.parse(row.detail) as { sender?: string; recipient?: string; submitMs?: number; umr?: number }
  const sender = message?.sender ?? detail.sender
  const recipient = message?.recipient ?? detail.recipient
  const shown = row.shown_id ?? row.message_id
  if (sender === undefined || recipient === undefined || shown === null) return []
  const state = messageStateOfOurs(row.state)
  const err = state === 'DELIVERED' ? '000' : errorOf(row.reason)
  const id = ids.show(shown)
  const text = buildReceiptText({
    id,
    state,
    err,
    submitMs: message?.created_ms ?? detail.submitMs ?? row.at_ms,
    doneMs: row.at_ms,
  })
  const mark = message && (JSON.parse(message.detail) as { esme?: EsmeMark }).esme
  return [
    {
      ...addresses(recipient, sender),
      esm_class: row.kind === 'intermediate' ? intermediateClass : receiptClass,
      short_message: Buffer.from(text, 'latin1'),
      tlvs: {
        receipted_message_id: id,
        message_state: messageStates[state],
        ...(err !== '000' && { network_error_code: buildNetworkErrorCode({ networkType: ownNetwork, code: Number(err) }) }),
        ...(mark?.umr !== undefined && { user_message_reference: mark.umr }),
      },
    },
  ]
}

function addresses(from: string, to: string): DeliverDraft {
  const source = addressTo(from)
  const destination = addressTo(to)
  return {
    command: 'deliver_sm',
    source_addr_ton: source.ton,
    source_addr_npi: source.npi,
    source_addr: source.address,
    dest_addr_ton: destination.ton,
    dest_addr_npi: destination.npi,
    destination_addr: destination.address,
  }
}

function messagePdus(message: MessageRow, { longMessages }: EsmeTerms): DeliverDraft[] {
  const subject = (JSON.parse(message.detail) as { subject?: string }).subject ?? ''
  const plan = planText((message.body || subject).toWellFormed(), { concat: longMessages })
  if (!plan.fits) return []
  const reference = message.id % 65_536
  const common = { ...addresses(message.sender, message.recipient), data_coding: plan.dataCoding }
  return segmentsOf(plan, reference).map(({ bytes, headerOctets, part }) => {
    if (longMessages === 'payload' && plan.segments > 1) return { ...common, tlvs: { message_payload: bytes } }
    const isSar = longMessages === 'sar' && plan.segments > 1
    return {
      ...common,
      esm_class: headerOctets > 0 ? udhClass : 0,
      short_message: bytes,
      ...(isSar && { tlvs: { sar_msg_ref_num: reference, sar_total_segments: plan.segments, sar_segment_seqnum: part } }),
    }
  })
}
