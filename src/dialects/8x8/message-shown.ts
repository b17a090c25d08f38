// A message as this vendor shows it where it is read (reference section 6.6), and the parts that its webhooks have in common with that.
// Text and the end of the number are masked unless the operator sets `faces.8x8.masking` to false.

import type { MessageValue } from '#operations/messages/message-view.ts'
import { parseE164 } from '#values/e164.ts'
import { planText } from '#values/sms-text.ts'
import { timestamp, told } from './formats.ts'
import type { Ids } from './ids.ts'
import { statusShown, type Stand } from './message-status.ts'

const maskedDigits = 5

export const masked = (number: string): string => {
  const kept = Math.max(0, number.length - maskedDigits)
  return number.slice(0, kept) + 'x'.repeat(number.length - kept)
}

/** What was asked for is not yet what it takes, where the message never came so far. */
export function encodingShown({ coding, text }: { readonly coding: string; readonly text: string }): string {
  const taken = coding === 'auto' ? planText(text, { maxSegments: 255 }).coding : coding
  return taken === 'ucs2' ? 'UCS2' : taken === 'binary' ? 'GSM8' : 'GSM7'
}

/** Nothing where nothing is charged (section 3). */
export function priceShown(priceMicro: number, segments: number, currency: string): object {
  if (priceMicro === 0) return {}
  return {
    price: { total: priceMicro / 1_000_000, perSms: Math.round(priceMicro / Math.max(1, segments)) / 1_000_000, currency },
  }
}

export function standOf(message: MessageValue): Stand {
  const { state, reason, sentAt, updatedAt } = message
  return {
    state,
    reason: reason?.slug ?? null,
    params: reason?.params ?? {},
    sentMs: sentAt,
    cause: reason?.cause ?? null,
    atMs: updatedAt,
  }
}

export function detailShown(ids: Ids, message: MessageValue, subAccountId: string, isMasked: boolean): object {
  const { direction, batchId, segments } = message
  const other = direction === 'out' ? message.to : message.from
  const clientBatchId = message.custom?.['clientBatchId']
  return {
    umid: ids.guid('message', message.id),
    subAccountId,
    direction: direction === 'out' ? 'outbound' : 'inbound',
    ...told('country', parseE164(other)?.country),
    status: statusShown(standOf(message), 'detail'),
    msisdn: isMasked ? masked(other) : other,
    source: direction === 'out' ? message.from : message.to,
    body: isMasked ? '**MASKED**' : message.text,
    encoding: encodingShown(message),
    createdAt: timestamp(message.createdAt),
    smsCount: segments,
    ...priceShown(message.priceMicro, segments, message.currency),
    ...told('clientMessageId', message.reference),
    ...(typeof clientBatchId === 'string' && { clientBatchId }),
    ...(batchId !== null && { batchId: ids.guid('messageBatch', batchId) }),
  }
}
