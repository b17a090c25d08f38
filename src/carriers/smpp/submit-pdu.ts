// A message as PDUs: its text planned and cut as the carrier wants it, and what is the same in all of its segments.

import type { Cause, SubmitJob, SubmitOutcome } from '#messaging/sms-carrier.ts'
import { buildEsmClass } from '#protocols/smpp/message-bits.ts'
import type { PduDraftOf } from '#protocols/smpp/pdu.ts'
import { absoluteTime, relativeTime } from '#protocols/smpp/smpp-time.ts'
import type { OtherTlv, Tlvs } from '#protocols/smpp/tlv-table.ts'
import type { NationalLanguage } from '#values/gsm7-tables.ts'
import { planText, segmentAt, type PlanOptions, type SmsPlan } from '#values/sms-text.ts'
import { destinationAddress, sourceAddress } from './address.ts'
import { pairsOf, type SmppSettings } from './settings.ts'

/** A submit_sm that knows whose it is, for the evidence. */
export type SubmitDraft = PduDraftOf<'submit_sm'> & { readonly messageId: number }

/** Longer than this it does not go into short_message (SMPP 3.4 5.2.21: 254 octets; 5.0: 255). */
const shortMessageOctets = 254
const withUdh = buildEsmClass({ hasUdh: true })

/** What the settings say once for all messages. */
export interface Wording {
  readonly settings: SmppSettings
  readonly writing: Pick<PlanOptions, 'concat' | 'national' | 'plain'>
  readonly tlvs: readonly OtherTlv[] | undefined
}

export function wordingOf(settings: SmppSettings): Wording {
  const tlvs = pairsOf(settings.tlvs).map(([tag, value]) => ({ tag: Number.parseInt(tag, 16), value: Buffer.from(value, 'hex') }))
  const { concat, plain, national } = settings
  return {
    settings,
    writing: { concat, plain, ...(national !== '' && { national: national.split(',') as NationalLanguage[] }) },
    tlvs: tlvs.length > 0 ? tlvs : undefined,
  }
}

export interface Submission extends Pick<SubmitOutcome, 'segments' | 'inOnePiece' | 'coding'> {
  readonly pdus: readonly { readonly index: number; readonly pdu: SubmitDraft }[]
}

/** The PDUs of what is not done yet, or why there can be none. */
export function submissionOf(job: SubmitJob, wording: Wording, nowMs: number): Submission | Cause {
  const { settings, writing } = wording
  const source = sourceAddress(job.sender, settings)
  if (!source)
    return { reason: 'message.sender_invalid', params: { number: job.sender }, raw: 'smpp source_addr', next: 'elsewhere' }
  const plan = planText(job.text, { coding: job.coding, flash: job.kind === 'flash', ...writing })
  if (!plan.fits) {
    return plan.problem === 'characters'
      ? {
          reason: 'message.content_unencodable',
          params: { encoding: plan.coding },
          raw: `smpp ${plan.coding}`,
          next: 'elsewhere',
        }
      : {
          reason: 'message.content_too_long',
          params: { multipart: settings.concat === 'none' ? 'no' : 'yes', maxLengthChars: plan.holds },
          raw: `smpp ${plan.segments} segments`,
          next: 'elsewhere',
        }
  }
  const destination = destinationAddress(job.recipient, settings)
  const pieces = plan.concat === 'payload' ? 1 : plan.segments
  const reference = referenceOf(job.messageId)
  const pdus: { index: number; pdu: SubmitDraft }[] = []
  for (let index = 0; index < pieces; index += 1) {
    if (job.done.includes(index)) continue
    const { bytes, headerOctets } = segmentAt(plan, reference, index, settings.packed ? 'packed' : 'unpacked')
    const inPayload = bytes.length > shortMessageOctets || (plan.concat === 'payload' && plan.segments > 1)
    const pdu: SubmitDraft = {
      command: 'submit_sm',
      messageId: job.messageId,
      service_type: settings.serviceType,
      source_addr_ton: source.ton,
      source_addr_npi: source.npi,
      source_addr: source.address,
      dest_addr_ton: destination.ton,
      dest_addr_npi: destination.npi,
      destination_addr: destination.address,
      esm_class: headerOctets > 0 ? withUdh : 0,
      protocol_id: settings.protocolId,
      priority_flag: settings.priority === 'auto' ? (job.priority === 0 ? 1 : 0) : Number(settings.priority),
      validity_period: validityOf(job.deadlineMs, settings.validity, nowMs),
      registered_delivery: job.wantsReceipt ? settings.registeredDelivery : 0,
      data_coding: dataCodingOf(plan, job.kind === 'flash', settings),
      short_message: inPayload ? undefined : bytes,
      tlvs: tlvsOf(plan, index, reference, inPayload ? bytes : undefined, wording.tlvs),
    }
    pdus.push({ index, pdu })
  }
  const { segments, coding } = plan
  return { segments, coding, ...(pieces < segments && { inOnePiece: true }), pdus }
}

/** The same at every attempt, so that segments sent later still belong together. 16 bits. */
function referenceOf(messageId: number): number {
  return Math.imul((messageId % 2 ** 32) ^ Math.floor(messageId / 2 ** 32), 0x9e3779b1) >>> 16
}

function dataCodingOf({ coding, dataCoding }: SmsPlan, isFlash: boolean, settings: SmppSettings): number {
  if (isFlash) return dataCoding
  if (coding === 'gsm7') return settings.dataCodingGsm7
  return coding === 'ucs2' ? settings.dataCodingUcs2 : dataCoding
}

const dayMs = 86_400_000

function validityOf(deadlineMs: number, form: SmppSettings['validity'], nowMs: number): string {
  if (form === 'none') return ''
  // Beyond a month no network keeps a message anyway.
  const leftMs = Math.min(Math.max(deadlineMs - nowMs, 1_000), 30 * dayMs)
  return form === 'relative' ? (relativeTime(leftMs) ?? '') : absoluteTime(nowMs + leftMs)
}

function tlvsOf(
  plan: SmsPlan,
  index: number,
  reference: number,
  payload: Uint8Array | undefined,
  other: readonly OtherTlv[] | undefined,
): Tlvs | undefined {
  const isSar = plan.concat === 'sar' && plan.segments > 1
  if (!isSar && payload === undefined && other === undefined) return undefined
  return {
    ...(isSar && { sar_msg_ref_num: reference, sar_total_segments: plan.segments, sar_segment_seqnum: index + 1 }),
    ...(payload && { message_payload: payload }),
    ...(other && { other }),
  }
}
