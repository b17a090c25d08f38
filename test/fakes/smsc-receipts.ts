// Which receipts the fake SMSC sends for a message, in which form and when.

import { formId, messageState, receiptText, type Behaviour, type ReceiptBehaviour } from './smsc-behaviour.ts'
import type { Delivery, Submit } from './smsc-wire.ts'

export interface Accepted {
  readonly number: number
  readonly messageId: string
  readonly submit: Submit
  readonly submitMs: number
}

/** Whether there is one for this submit: it may not be asked for, or its message gets one receipt for all segments. */
export function wantsReceipt({ send, segments }: ReceiptBehaviour, submit: Submit, stat: string): boolean {
  if (send === 'none') return false
  if (send === 'asked') {
    const asked = submit.registered & 3
    if (asked === 0 || (asked === 2 && stat === 'DELIVRD') || (asked === 3 && stat !== 'DELIVRD')) return false
  }
  const part = segmentOf(submit)
  if (part === undefined || segments === 'each') return true
  return segments === 'first' ? part.part === 1 : part.part === part.total
}

export function segmentOf({ esmClass, message, tlvs }: Submit): { part: number; total: number } | undefined {
  const [total, part] = [tlvs.get(0x020e)?.[0], tlvs.get(0x020f)?.[0]]
  if (total !== undefined && part !== undefined) return { part, total }
  if ((esmClass & 0x40) === 0) return undefined
  for (let at = 1; at + 1 < (message[0] ?? 0) + 1; at += 2 + message[at + 1]!) {
    if (message[at] === 0x00) return { total: message[at + 3]!, part: message[at + 4]! }
    if (message[at] === 0x08) return { total: message[at + 4]!, part: message[at + 5]! }
  }
  return undefined
}

/** What becomes of a message to this destination. */
export function endOf({ receipts }: Behaviour, destination: string): { stat: string; err: string; networkError?: number } {
  const end = receipts.ends.find((one) => destination.startsWith(one.destination))
  const { stat, err = stat === 'DELIVRD' ? '000' : '001' } = end ?? receipts
  return end?.networkError === undefined ? { stat, err } : { stat, err, networkError: end.networkError }
}

let unknownIds = 4_000_000_000

export function buildReceipt(
  behaviour: Behaviour,
  { number, messageId, submit, submitMs }: Accepted,
  end: { stat: string; err: string; networkError?: number },
  isFinal: boolean,
): Delivery {
  const { ids, form, text } = behaviour.receipts
  const id = ids === 'same' ? messageId : ids === 'unknown' ? formId(unknownIds++, behaviour.ids) : formId(number, ids)
  return receiptOf({ submit, id, ...end, submitMs, isFinal, form, text })
}

export function receiptOf(of: {
  submit: Pick<Submit, 'source' | 'sourceTon' | 'sourceNpi' | 'destination' | 'destinationTon' | 'destinationNpi' | 'message'>
  id: string
  stat: string
  err: string
  networkError?: number
  submitMs: number
  isFinal: boolean
  form: ReceiptBehaviour['form']
  text: ReceiptBehaviour['text']
}): Delivery {
  const { submit, id, stat, err, form } = of
  const tlvs: [number, Uint8Array][] = []
  if (form !== 'text') {
    tlvs.push([0x001e, Buffer.from(`${id}\0`, 'latin1')], [0x0427, Buffer.from([messageState(stat)])])
  }
  if (of.networkError !== undefined) tlvs.push([0x0423, Buffer.from([3, of.networkError >> 8, of.networkError & 255])])
  const quoted = submit.message
    .toString('latin1')
    .replaceAll(/[^ -~]/g, '.')
    .slice(0, 20)
  const words = { id, stat, err, submitMs: of.submitMs, doneMs: Date.now(), text: quoted }
  return {
    source: submit.destination,
    sourceTon: submit.destinationTon,
    sourceNpi: submit.destinationNpi,
    destination: submit.source,
    destinationTon: submit.sourceTon,
    destinationNpi: submit.sourceNpi,
    esmClass: of.isFinal ? 0x04 : 0x20,
    message: form === 'tlv' ? Buffer.alloc(0) : Buffer.from(receiptText(of.text, words), 'latin1'),
    tlvs,
  }
}
