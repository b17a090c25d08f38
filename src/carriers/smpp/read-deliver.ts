// What an SMSC sends us, in deliver_sm or data_sm: a receipt or a message. Reads only; tells nobody.

import type { InboundSms, Receipt } from '#messaging/sms-carrier.ts'
import { readNetworkErrorCode, readEsmClass } from '#protocols/smpp/message-bits.ts'
import { messageStateOf, type MessageState } from '#protocols/smpp/message-state.ts'
import type { PduOf } from '#protocols/smpp/pdu.ts'
import { parseReceiptText, receiptDateMs, type ReceiptText } from '#protocols/smpp/receipt-text.ts'
import type { Slug } from '#reasons/catalogue.ts'
import { textFrom, type Alphabet } from '#values/text-from.ts'
import { readHeader } from '#values/user-data-header.ts'
import { addressFrom } from './address.ts'
import { rowOfError, stateEnds } from './causes.ts'

export type Delivery = PduOf<'deliver_sm'> | PduOf<'data_sm'>

export interface ReadingTerms {
  readonly defaultAlphabet: Alphabet
  readonly packed: boolean
  readonly receiptErrors: ReadonlyMap<string, Slug>
  readonly zoneMinutes: number
}

/** deliver_sm may have it in either place; data_sm only in the TLV (SMPP 3.4 4.7, 5.3.2.32). */
function octetsOf(pdu: Delivery): Uint8Array {
  const { message_payload: payload } = pdu.tlvs
  if (pdu.command === 'data_sm') return payload ?? new Uint8Array()
  return pdu.short_message.length > 0 || payload === undefined ? pdu.short_message : payload
}

/** Whether it tells of a message of ours. Some SMSCs mark receipts by their TLVs alone. */
export function isReceipt(pdu: Delivery): boolean {
  const { type } = readEsmClass(pdu.esm_class)
  if (type === 'delivery_receipt' || type === 'intermediate_notification') return true
  return type === 'default' && pdu.tlvs.receipted_message_id !== undefined && pdu.tlvs.message_state !== undefined
}

/** Undefined when there is no telling which message it is of, or what became of it. TLVs go before the text. */
export function receiptOf(pdu: Delivery, terms: ReadingTerms): Receipt | undefined {
  const { receipted_message_id: idInTlv, message_state: stateInTlv, network_error_code: networkError } = pdu.tlvs
  const text = parseReceiptText(octetsOf(pdu))
  const ref = idInTlv || text?.id
  const state = (stateInTlv === undefined ? undefined : messageStateOf(stateInTlv)) ?? text?.state
  if (!ref || !state) return undefined
  const code = networkError && readNetworkErrorCode(networkError)?.code
  const err = text?.err ?? (code === undefined ? undefined : String(code).padStart(3, '0'))
  const isIntermediate = readEsmClass(pdu.esm_class).type === 'intermediate_notification'
  const end = stateEnds[state]
  const raw = rawOf(text, state, ref, err)
  const row = end.cause && (rowOfError(err, terms.receiptErrors) ?? end.cause)
  const doneMs = text?.doneDate === undefined ? undefined : receiptDateMs(text.doneDate, terms.zoneMinutes)
  return {
    ref,
    state: end.state,
    final: end.final && !isIntermediate,
    addresses: [pdu.source_addr, pdu.destination_addr],
    raw,
    ...(row && {
      cause: {
        reason: row.reason,
        next: row.next,
        raw: `receipt ${text?.stat ?? state}${err === undefined ? '' : ` err:${err}`}`,
      },
    }),
    ...(doneMs !== undefined && { doneMs }),
  }
}

/** Without the text that it quotes: that is the message's, and may have been redacted. */
function rawOf(text: ReceiptText | undefined, state: MessageState, ref: string, err: string | undefined): string {
  if (!text) return `id:${ref} message_state:${state}${err === undefined ? '' : ` err:${err}`}`
  const { id = ref, stat = state, submitDate, doneDate } = text
  const dates = `${submitDate === undefined ? '' : ` submit date:${submitDate}`}${doneDate === undefined ? '' : ` done date:${doneDate}`}`
  return `id:${id}${dates} stat:${stat}${err === undefined ? '' : ` err:${err}`}`
}

/** A message, or one segment of it. */
export function inboundOf(pdu: Delivery, terms: ReadingTerms): InboundSms {
  const whole = octetsOf(pdu)
  const header = readEsmClass(pdu.esm_class).hasUdh ? readHeader(whole) : undefined
  const { text, coding } = textFrom(header ? whole.subarray(header.octets) : whole, pdu.data_coding, header, {
    alphabets: { 0: terms.defaultAlphabet },
    packed: terms.packed,
  })
  const concat = header?.concat ?? sarOf(pdu)
  return {
    sender: addressFrom(pdu.source_addr_ton, pdu.source_addr),
    recipient: addressFrom(pdu.dest_addr_ton, pdu.destination_addr),
    text,
    coding,
    kind: 'sms',
    ...(concat && concat.total > 1 && { concat }),
  }
}

/** SMPP 3.4 5.3.2.22 to 24. */
function sarOf({ tlvs }: Delivery): InboundSms['concat'] {
  const { sar_msg_ref_num: reference, sar_total_segments: total, sar_segment_seqnum: part } = tlvs
  if (reference === undefined || total === undefined || part === undefined || part < 1 || part > total) return undefined
  return { reference, total, part }
}
