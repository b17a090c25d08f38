// A submit_sm, submit_multi or data_sm as what it asks for: text, times, wishes, and which segment of what it is. Reads only.

import type { PduOf, RequestPdu } from '#protocols/smpp/pdu.ts'
import { findFieldFault } from '#protocols/smpp/field-faults.ts'
import { readEsmClass, readRegisteredDelivery } from '#protocols/smpp/message-bits.ts'
import { parseSmppTime } from '#protocols/smpp/smpp-time.ts'
import { refuse } from '#reasons/refusal.ts'
import { textFrom } from '#values/text-from.ts'
import { readHeader } from '#values/user-data-header.ts'
import { addressFrom } from './esme-address.ts'
import type { EsmeTerms } from './esme-form.ts'

export type SubmitPdu = PduOf<'submit_sm'> | PduOf<'submit_multi'> | PduOf<'data_sm'>

/** What is kept with a message of a bind. */
export interface EsmeMark {
  /** The key that its bind was made with. */
  readonly by: number
  /** registered_delivery */
  readonly rd: number
  /** Ids of its segments, where they were submitted one by one. */
  readonly parts?: readonly number[]
  /** What the customer knows it by, when that is not its own id. */
  readonly as?: number
  /** user_message_reference, which its receipts repeat (SMPP 3.4 5.3.2.17). */
  readonly umr?: number
}

export interface SubmitAsk {
  readonly from: string
  readonly text: string
  readonly kind: 'sms' | 'flash'
  readonly coding: 'auto' | 'ucs2'
  readonly sendAt?: number
  readonly validUntil?: number
  readonly priority: 'high' | 'normal'
  readonly report: 'wanted' | 'none'
  readonly concat?: { readonly reference: number; readonly total: number; readonly part: number }
  readonly mark: EsmeMark
}

/** A field against the specification, with the command_status that says so. */
export interface Fault {
  readonly status: number
  readonly detail: string
}

/** Gives message.content_unencodable, message.type_unhandled. */
export function readSubmit(pdu: SubmitPdu, terms: EsmeTerms, credentialId: number, nowMs: number): SubmitAsk | Fault {
  const fault = findFieldFault(pdu as RequestPdu, nowMs)
  if (fault) return { status: fault.status, detail: `${fault.field} ${fault.detail}` }
  const { type, hasUdh } = readEsmClass(pdu.esm_class)
  if (type !== 'default') refuse('message.type_unhandled', { type })
  const octets = octetsOf(pdu)
  const header = hasUdh ? readHeader(octets) : undefined
  // Ports and special messages are for programs in the handset: what they carry is no text.
  if (hasUdh && (!header || header.others.length > 0)) refuse('message.type_unhandled', { type: 'user data header' })
  const { text, coding, flash } = textFrom(header ? octets.subarray(header.octets) : octets, pdu.data_coding, header, {
    alphabets: { 0: terms.alphabet },
  })
  if (coding === 'binary') refuse('message.content_unencodable', { encoding: `data_coding ${pdu.data_coding}` })
  const concat = header?.concat ?? sarOf(pdu)
  const { receipt } = readRegisteredDelivery(pdu.registered_delivery)
  const { user_message_reference: umr } = pdu.tlvs
  return {
    from: addressFrom(pdu.source_addr_ton, pdu.source_addr),
    text,
    kind: flash ? 'flash' : 'sms',
    coding: coding === 'ucs2' ? 'ucs2' : 'auto',
    ...timesOf(pdu, nowMs),
    priority: pdu.command !== 'data_sm' && pdu.priority_flag > 0 ? 'high' : 'normal',
    report: receipt === 'none' ? 'none' : 'wanted',
    ...(concat && concat.total > 1 && { concat }),
    mark: { by: credentialId, rd: pdu.registered_delivery, ...(umr !== undefined && { umr }) },
  }
}

function octetsOf(pdu: SubmitPdu): Uint8Array {
  const { message_payload: payload } = pdu.tlvs
  return pdu.command === 'data_sm' ? (payload ?? new Uint8Array()) : (payload ?? pdu.short_message)
}

function timesOf(pdu: SubmitPdu, nowMs: number): { sendAt?: number; validUntil?: number } {
  if (pdu.command === 'data_sm') {
    const { qos_time_to_live: seconds } = pdu.tlvs
    return seconds === undefined ? {} : { validUntil: nowMs + seconds * 1000 }
  }
  const sendAt = pdu.schedule_delivery_time === '' ? undefined : parseSmppTime(pdu.schedule_delivery_time, nowMs)
  const validUntil = pdu.validity_period === '' ? undefined : parseSmppTime(pdu.validity_period, nowMs)
  return { ...(sendAt !== undefined && { sendAt }), ...(validUntil !== undefined && { validUntil }) }
}

/** SMPP 3.4 5.3.2.22 to 24. */
function sarOf({ tlvs }: SubmitPdu): SubmitAsk['concat'] {
  const { sar_msg_ref_num: reference, sar_total_segments: total, sar_segment_seqnum: part } = tlvs
  if (reference === undefined || total === undefined || part === undefined || part < 1 || part > total) return undefined
  return { reference, total, part }
}
