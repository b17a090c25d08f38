// The rules of a message that need nothing but the message, its account and a carrier: who may send such, from what, saying what.

import { requireTrialRunning } from '#accounts/trial.ts'
import type { Account } from '#accounts/account.ts'
import type { Messaging as NumberMessaging } from '#numbers/messaging-of.ts'
import { refusal, refuse, type Refusal } from '#reasons/refusal.ts'
import type { MessageRow } from '#store/messages.ts'
import type { NumberRow } from '#store/numbers.ts'
import { senderOf, type E164 } from '#values/e164.ts'
import { planText, type PlanOptions, type SmsMisfit, type SmsPlan } from '#values/sms-text.ts'
import { codePoints, hasVisible, isAscii } from '#values/text-measures.ts'
import type { MessageWish } from './message-wish.ts'
import { keepQuiet } from './quiet-hours.ts'
import type { SmsCarrier } from './sms-carrier.ts'

/** Segments of one message where its face has no rule of its own; beyond ten nobody reads on, and networks drop them. */
const segmentsAtMost = 20

/** Whose country takes a parse to know is asked by calling code first. */
export const isAmerican = (recipient: E164): boolean => recipient.callingCode === '1' && recipient.country === 'US'

export function requireAccount(account: Account, now: number): void {
  if (account.status !== 'active') refuse('account.not_active', { state: account.status })
  requireTrialRunning(account, now)
}

export function requireFeatures(account: Account, { kind, from }: MessageWish): void {
  const { features } = account.settings
  const wanted = kind === 'mms' ? 'mms' : 'sms'
  if (!features.includes(wanted)) refuse('feature.not_enabled', { feature: wanted })
  if (kind === 'flash' && !features.includes('flash_sms')) refuse('feature.not_enabled', { feature: 'flash_sms' })
  if (senderOf(from).kind === 'alphanumeric' && !features.includes('alphanumeric_sender'))
    refuse('feature.not_enabled', { feature: 'alphanumeric_sender' })
}

export type Sender = Exclude<ReturnType<typeof senderOf>, { kind: 'invalid' }>

export function senderFrom({ from }: MessageWish): Sender {
  const sender = senderOf(from)
  if (sender.kind === 'invalid') refuse('message.sender_invalid', { number: from })
  return sender
}

/** When it is to go because of the account's quiet hours; undefined: as it is asked for. Gives policy.quiet_hours. */
export function quietFor(
  account: Account,
  { kind, recipient }: MessageRow,
  { sendAt = 0 }: MessageWish,
  now: number,
): number | undefined {
  const verdict = keepQuiet(account.settings, { kind, recipient }, Math.max(sendAt, now))
  if (!verdict.ok) throw refusal(verdict.reason, verdict.params)
  return 'dueMs' in verdict ? verdict.dueMs : undefined
}

export function contentOf(wish: MessageWish): SmsPlan | null {
  const { text, kind, charactersAtMost } = wish
  const media = wish.media?.length ?? 0
  if (kind !== 'mms' && media > 0) refuse('message.media_not_allowed')
  if (kind === 'mms' && media === 0) refuse('message.media_required')
  if (!hasVisible(text) && media === 0) refuse('message.empty')
  if (charactersAtMost !== undefined && codePoints(text) > charactersAtMost)
    refuse('message.content_too_long', { maxLengthChars: charactersAtMost, lengthChars: codePoints(text), multipart: 'yes' })
  if (kind === 'mms') return null
  const plan = planText(text, planOptions(wish))
  if (plan.fits) return plan
  throw misfitOf(plan, text)
}

const planOptions = ({ coding = 'auto', kind, charactersAtMost }: MessageWish): PlanOptions => ({
  coding,
  ...(charactersAtMost === undefined && { maxSegments: segmentsAtMost }),
  flash: kind === 'flash',
})

/** As this carrier writes it. */
export function planOver(carrier: SmsCarrier | undefined, wish: MessageWish, usual: SmsPlan): SmsPlan | SmsMisfit {
  const writing = carrier?.abilities.writing
  return writing ? planText(wish.text, { ...planOptions(wish), ...writing }) : usual
}

function misfitOf(misfit: SmsMisfit, text: string, multipart: 'yes' | 'no' = 'yes'): Refusal {
  if (misfit.problem === 'too_long')
    return refusal('message.content_too_long', { maxLengthChars: misfit.holds, lengthChars: text.length, multipart })
  const characters = misfit.characters.slice(0, 5).map(({ character }) => character)
  return refusal('message.content_unencodable', {}, { evidence: `${misfit.coding}: ${characters.join(' ')}` })
}

export function requireCampaign(account: Account, { number }: NumberRow, messaging: NumberMessaging, now: number): void {
  if (!account.settings.messages.usCampaigns) return
  const { campaignId, campaignExpiresMs } = messaging
  if (campaignId === null) refuse('message.campaign_missing', { number })
  if (campaignExpiresMs !== null && campaignExpiresMs <= now) refuse('message.campaign_expired', { number })
}

/** One segment: 140 characters that ASCII has, else 70. */
const singleAscii = 140
const singleOther = 70

export function unableFor(
  carrier: SmsCarrier | undefined,
  wish: MessageWish,
  plan: SmsPlan | SmsMisfit | null,
): Refusal | undefined {
  if (!carrier) return undefined
  const { kinds, multipart, receipts, codings } = carrier.abilities
  if (!kinds.includes(wish.kind)) return refusal('message.type_not_on_number', { type: wish.kind })
  if (wish.report === 'required' && !receipts) return refusal('message.delivery_report_unsupported')
  if (!plan) return undefined
  const limit = isAscii(wish.text) ? singleAscii : singleOther
  if (!multipart && wish.text.length > limit)
    return refusal('message.content_too_long', { multipart: 'no', lengthChars: wish.text.length, maxLengthChars: limit })
  if (!plan.fits) return misfitOf(plan, wish.text, multipart ? 'yes' : 'no')
  if (plan.coding !== 'binary' && !codings.includes(plan.coding)) return refusal('message.content_unencodable')
  return undefined
}
