// The row that a wish becomes: as it begins, as it is ready to be sent, as it is kept when it was refused.

import type { Account } from '#accounts/account.ts'
import type { Caller } from '#accounts/caller.ts'
import type { Refusal } from '#reasons/refusal.ts'
import { freshMessage, type MessageRow } from '#store/messages.ts'
import type { E164 } from '#values/e164.ts'
import type { SmsPlan } from '#values/sms-text.ts'
import type { MessageWish } from './message-wish.ts'

const priorityOf = { high: 0, normal: 1, low: 2 } as const

/** What the face keeps with it, and whose it is. */
const keptOf = ({ custom, userId }: MessageWish): object => ({ ...custom, ...(userId !== undefined && { userId }) })

const detailOf = (detail: object): string => (Object.keys(detail).length > 0 ? JSON.stringify(detail) : '{}')

export function rowOf(
  id: number,
  caller: Pick<Caller, 'account' | 'face'>,
  wish: MessageWish,
  sender: string,
  recipient: E164,
  now: number,
): MessageRow {
  const { callback, reference, batchId } = wish
  return {
    ...freshMessage,
    id,
    account_id: caller.account.id,
    direction: 'out',
    kind: wish.kind,
    face: caller.face,
    sender,
    recipient: recipient.number,
    body: wish.text,
    coding: wish.coding ?? 'auto',
    segments: 1,
    state: 'queued',
    priority: priorityOf[wish.priority ?? 'normal'],
    report: wish.report === 'none' ? 0 : 1,
    currency: caller.account.settings.currency,
    batch_id: batchId ?? null,
    client_ref: reference ?? '',
    callback: callback ? JSON.stringify(callback) : null,
    detail: detailOf(keptOf(wish)),
    created_ms: now,
    updated_ms: now,
  }
}

export interface Way {
  readonly carriers: readonly number[]
  readonly plan: SmsPlan | null
}

export interface Found {
  readonly plan: SmsPlan | null
  readonly carriers: readonly number[]
  readonly quiet?: number | undefined
  /** Its place in the pace of its account and sender. */
  readonly slot?: number | undefined
  readonly now: number
  readonly amountMicro: number
  readonly currency: string
  readonly payerId: number | null
}

export function ready(row: MessageRow, wish: MessageWish, account: Account, found: Found): MessageRow {
  const { plan, carriers, quiet, slot, now, amountMicro, currency, payerId } = found
  const [carrier, ...others] = carriers
  const due = Math.max(wish.sendAt ?? 0, quiet ?? slot ?? 0)
  const waits = due > now
  const deadline = wish.validUntil ?? (waits ? due : now) + account.settings.messages.validitySeconds * 1000
  const detail = {
    ...keptOf(wish),
    ...(others.length > 0 && { routes: carriers, elsewhere: others }),
    ...(wish.subject !== undefined && { subject: wish.subject }),
    ...(row.coding !== 'auto' && { codingWished: row.coding }),
    ...(wish.onceOnly && { attemptsAtMost: 1 }),
    ...(wish.maxPriceMicro !== undefined && { maxPriceMicro: wish.maxPriceMicro }),
    ...(wish.media && wish.media.length > 0 && { media: wish.media.map(({ row: media }) => media.id) }),
  }
  return {
    ...row,
    coding: plan && row.coding === 'auto' ? plan.coding : row.coding,
    segments: plan?.segments ?? 1,
    state: waits ? 'scheduled' : 'queued',
    reason: !waits
      ? null
      : slot !== undefined
        ? 'message.paced'
        : quiet !== undefined && quiet >= due
          ? 'policy.quiet_hours'
          : null,
    carrier_id: carrier!,
    due_ms: waits ? due : null,
    deadline_ms: deadline,
    wake_ms: waits ? Math.min(due, deadline) : deadline,
    payer_id: payerId,
    price_micro: amountMicro,
    currency,
    detail: detailOf(detail),
  }
}

/** A message that ends where it begins, with its reason. */
export function failedRow(row: MessageRow, error: Refusal, now: number): MessageRow {
  return {
    ...row,
    state: 'failed',
    reason: error.reason,
    params: Object.keys(error.params).length > 0 ? JSON.stringify(error.params) : null,
    error_id: error.errorId ?? null,
    wake_ms: null,
    due_ms: null,
    price_micro: 0,
    payer_id: null,
    ended_ms: now,
    updated_ms: now,
  }
}
