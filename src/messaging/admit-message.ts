// What a message must pass before it is accepted, as a column of checks: what it is, who sends it from where, to whom, what it says,
// which way it goes and what it costs. It ends in a row ready to be written; the write itself checks what can race (the
// sender's queue, the payer's credit). It reads, it writes nothing.

import type { Caller } from '#accounts/caller.ts'
import { requireTrialRunning } from '#accounts/trial.ts'
import { pathIds, type Account } from '#accounts/account.ts'
import type { Prices } from '#credit/prices.ts'
import { refuseShort } from '#credit/refuse-short.ts'
import { messagingOf, type Messaging as NumberMessaging } from '#numbers/messaging-of.ts'
import { requireUsable } from '#numbers/number-state.ts'
import { requireTrusted } from '#numbers/whitelist.ts'
import { Refusal, refusal, refuse } from '#reasons/refusal.ts'
import type { NewMessage } from '#store/accept-messages.ts'
import { readBalance, shortOf } from '#store/credit.ts'
import { threadOf, type Filing } from '#store/mailbox.ts'
import type { NewMedia } from '#store/media.ts'
import type { MessageRow } from '#store/messages.ts'
import type { NumberRow } from '#store/numbers.ts'
import type { Reader } from '#store/store.ts'
import type { Clock } from '#values/clock.ts'
import type { NextId } from '#values/ids.ts'
import { parseE164, senderOf, type E164 } from '#values/e164.ts'
import { planText, type PlanOptions, type SmsMisfit, type SmsPlan } from '#values/sms-text.ts'
import { codePoints, hasVisible, isAscii } from '#values/text-measures.ts'
import { isClientRecipient, refuseClient } from './client-recipient.ts'
import type { NumbersKnown } from './numbers-known.ts'
import type { OptOuts } from './opt-outs.ts'
import type { Pace } from './pace.ts'
import type { PumpingGuard } from './pumping-guard.ts'
import { keepQuiet } from './quiet-hours.ts'
import type { Router } from './router.ts'
import type { SmsCarrier } from './sms-carrier.ts'

export interface MessageWish {
  readonly from: string
  readonly to: string
  readonly text: string
  readonly kind: 'sms' | 'flash' | 'mms'
  readonly coding?: 'auto' | 'gsm7' | 'ucs2' | undefined
  /** Not before this, ms UTC. */
  readonly sendAt?: number | undefined
  readonly validUntil?: number | undefined
  readonly priority?: 'high' | 'normal' | 'low' | undefined
  /** `required`: refuse where no receipt can be had. */
  readonly report?: 'required' | 'wanted' | 'none' | undefined
  readonly callback?: { readonly url: string; readonly method: 'GET' | 'POST'; readonly fallbackUrl?: string } | undefined
  readonly reference?: string | undefined
  readonly maxPriceMicro?: number | undefined
  readonly subject?: string | undefined
  readonly media?: readonly NewMedia[] | undefined
  readonly batchId?: number | undefined
  /** The message's id, where its files were stored under it already. */
  readonly id?: number | undefined
  /** The user who sends: the number must be theirs, and the message stands in their mailbox. */
  readonly userId?: number | undefined
  /** A number may write to itself. */
  readonly toItself?: boolean | undefined
  /** A message that is refused for what its sender cannot see beforehand is kept, failed, with its reason. */
  readonly keepFailed?: boolean | undefined
  /** Of these reasons, or families of them (`policy.*`), the sender is told at once all the same. */
  readonly toldAtOnce?: readonly string[] | undefined
  /** No second attempt. */
  readonly onceOnly?: boolean | undefined
  /** Refused at once when the carrier is down. */
  readonly carrierMustBeUp?: boolean | undefined
  /** Credit is looked at before the way it would go; the write looks at it in any case. */
  readonly creditFirst?: boolean | undefined
  /** Characters at most, of the face's own rule. */
  readonly charactersAtMost?: number | undefined
  /** What the face keeps with it and shows again. */
  readonly custom?: Readonly<Record<string, unknown>> | undefined
}

export interface AdmitParts {
  readonly read: Reader
  readonly clock: Clock
  readonly nextId: NextId
  readonly numbers: NumbersKnown
  readonly optOuts: OptOuts
  readonly pumping: PumpingGuard
  readonly pace: Pace
  readonly router: Router
  readonly prices: Prices
  carrier(id: number): SmsCarrier | undefined
  /** The operator's own say, where one is configured: throws policy.session_blocked, policy.hook_failed. */
  askPolicy?(account: Account, wish: MessageWish): Promise<void> | undefined
}

export interface PlatformAnswer {
  readonly account: Account
  readonly face: string
  readonly from: string
  readonly to: string
  readonly text: string
}

export interface Admitted extends NewMessage {
  /** Set when it is kept as failed: why. */
  readonly failed?: Refusal
}

/** Segments of one message. 255 is what a header can count; beyond ten nobody reads on, and networks drop them. */
const segmentsAtMost = 20

/** Networks there refuse senders that are not numbers. */
const numbersOnly = new Set([
  'US',
  'CA',
  'PR',
  'CN',
  'BR',
  'AR',
  'MX',
  'CL',
  'CO',
  'PE',
  'EC',
  'UY',
  'VE',
  'MY',
  'NZ',
  'ZA',
  'KR',
  'BE',
  'HU',
  'RO',
  'SK',
  'HR',
])

/** Told at the request, never by a kept message: the request itself is at fault. */
const requestFaults = new Set([
  'message.sender_invalid',
  'message.recipient_invalid',
  'message.empty',
  'message.content_unencodable',
  'message.content_too_long',
  'message.sender_not_owned',
  'message.sender_number_not_found',
])

const isToldAtOnce = ({ toldAtOnce = [] }: MessageWish, reason: string): boolean =>
  requestFaults.has(reason) || toldAtOnce.includes(reason) || toldAtOnce.includes(`${reason.split('.')[0]}.*`)

export class AdmitMessage {
  readonly #parts: AdmitParts

  constructor(parts: AdmitParts) {
    this.#parts = parts
  }

  /**
   * Gives account.not_active, feature.not_enabled, trial.expired, number.*, message.sender_*, message.recipient_*,
   * message.content_*, message.media_*, message.campaign_*, message.country_not_served, message.price_exceeds_maximum,
   * message.gateway_not_found, message.gateway_unreachable, message.delivery_report_unsupported, policy.*, rating.no_rate,
   * client.not_found, provisioning.data_invalid.
   */
  async admit(caller: Caller, wish: MessageWish): Promise<Admitted> {
    const { account } = caller
    const now = this.#parts.clock.nowMs()
    const id = wish.id ?? this.#parts.nextId()
    requireAccount(account, now)
    requireFeatures(account, wish)
    const sender = senderFrom(wish)
    if (isClientRecipient(wish.to)) return refuseClient(this.#parts.read, account, wish.to)
    const recipient = parseE164(wish.to, { country: account.settings.country })
    if (!recipient?.isPossible) refuse('message.recipient_invalid', { number: wish.to })
    const row = rowOf(id, caller, wish, sender.sender, recipient, now)
    let isCounted = false
    try {
      const usual = contentOf(wish)
      if (sender.sender === recipient.number && !wish.toItself) refuse('message.same_sender_and_recipient')
      const number = await this.#sender(caller, wish, sender, recipient, now)
      await this.#recipient(account, number, sender.sender, recipient, now)
      isCounted = true
      if (wish.creditFirst) await this.#requireCredit(await this.#price(account, wish, usual, sender.sender, recipient.number))
      const { carriers, plan } = await this.#way(account, wish, usual, sender.sender, recipient)
      await this.#parts.askPolicy?.(account, wish)
      const quiet = quietFor(account, row, wish, now)
      const priced = await this.#price(account, wish, plan, sender.sender, recipient.number)
      const slot =
        wish.sendAt === undefined && quiet === undefined ? this.#parts.pace.slotFor(account, row.sender, now) : undefined
      return this.#whole(account, wish, ready(row, wish, account, { plan, carriers, quiet, slot, now, ...priced }))
    } catch (error) {
      if (isCounted) this.#parts.pumping.giveBack(account, recipient.number)
      if (!(error instanceof Refusal) || !wish.keepFailed || isToldAtOnce(wish, error.reason)) throw error
      error.errorId ??= crypto.randomUUID()
      return { ...this.#whole(account, { ...wish, media: [] }, failedRow(row, error, now)), failed: error }
    }
  }

  /**
   * An answer of the platform's own to somebody who wrote to a number: not held by their opting out, by quiet hours or by the
   * guard against pumped traffic. Gives message.gateway_not_found, rating.no_rate.
   */
  async answer({ account, face, from, to, text }: PlatformAnswer): Promise<Admitted> {
    const now = this.#parts.clock.nowMs()
    const wish: MessageWish = { from, to, text, kind: 'sms' }
    const recipient = parseE164(to)
    if (!recipient?.isPossible) refuse('message.recipient_invalid', { number: to })
    const row = rowOf(this.#parts.nextId(), { account, face }, wish, from, recipient, now)
    const { carriers, plan } = await this.#way(account, wish, contentOf(wish), from, recipient)
    const priced = await this.#price(account, wish, plan, from, recipient.number)
    return this.#whole(account, wish, ready(row, wish, account, { plan, carriers, now, ...priced }))
  }

  #whole(account: Account, wish: MessageWish, row: MessageRow): Admitted {
    const { queuedPerSender: queueLimit, mediaStoreBytes: mediaAtMost } = account.settings.limits
    const { keepFailed = false, media = [], userId } = wish
    const filing: Filing | undefined =
      userId === undefined ? undefined : { userId, thread: threadOf(account.id, [row.sender, row.recipient]), batchId: null }
    return { row, queueLimit, media, mediaAtMost, keepFailed, errorId: crypto.randomUUID(), filing }
  }

  /** The sending number, undefined for letters. */
  async #sender(caller: Caller, wish: MessageWish, sender: Sender, recipient: E164, now: number): Promise<NumberRow | undefined> {
    const { account } = caller
    if (sender.kind === 'alphanumeric') {
      if (numbersOnly.has(recipient.country ?? ''))
        refuse('message.sender_barred', { sender: sender.sender, country: recipient.country! })
      return undefined
    }
    const row = await this.#parts.numbers.find(sender.sender)
    const number = sender.sender
    if (row?.account_id !== account.id) {
      if (wish.userId !== undefined) refuse('message.sender_number_not_found', { number })
      refuse('message.sender_not_owned', { number })
    }
    const { userId } = JSON.parse(row.detail) as { userId?: number }
    if (wish.userId !== undefined && userId !== undefined && userId !== wish.userId)
      refuse('message.sender_not_owned', { number })
    requireUsable(row, now)
    const able = JSON.parse(row.capabilities) as { sms: boolean; voice: boolean; fax: boolean }
    if (able.fax && !able.voice && !able.sms) refuse('message.sender_is_fax_number', { number })
    const messaging = messagingOf(row)
    if (!messaging.sms) refuse('message.sender_not_enabled', { number })
    if (wish.kind === 'mms' && !messaging.mms) refuse('message.type_not_on_number', { type: wish.kind, number })
    if (row.country === 'US' && isAmerican(recipient)) requireCampaign(account, row, messaging, now)
    return row
  }

  async #recipient(account: Account, number: NumberRow | undefined, sender: string, recipient: E164, now: number): Promise<void> {
    const { features, country } = account.settings
    if (!features.includes('us_sms') && isAmerican(recipient)) refuse('feature.not_enabled', { feature: 'us_sms' })
    const home = number?.country ?? country
    if (!features.includes('international_sms') && recipient.country !== home) {
      if (home === 'US') refuse('message.recipient_not_us', { number: recipient.number })
      refuse('message.country_not_served', { country: recipient.country ?? recipient.callingCode })
    }
    await requireTrusted(this.#parts.read, account, recipient.number)
    const ours = await this.#parts.numbers.find(recipient.number)
    if (ours) {
      if (ours.account_id === null) refuse('number.not_assigned', { number: recipient.number })
      const able = JSON.parse(ours.capabilities) as { sms: boolean; voice: boolean; fax: boolean }
      if (able.fax && !able.voice && !able.sms) refuse('message.recipient_is_fax_number', { number: recipient.number })
    }
    if (await this.#parts.optOuts.blocks(account.id, recipient.number, sender))
      refuse('message.recipient_opted_out', { number: recipient.number })
    const flow = this.#parts.pumping.take(account, recipient.number, now)
    if (!flow.ok) throw refusal(flow.reason, flow.params)
  }

  /** The carriers it may go over, the best first, and how that one writes it. */
  async #way(account: Account, wish: MessageWish, usual: SmsPlan | null, sender: string, recipient: E164): Promise<Way> {
    const { router } = this.#parts
    const carrier = (id: number) => this.#parts.carrier(id)
    const kind = wish.kind === 'mms' ? 'mms' : 'sms'
    const ask = { accounts: pathIds(account.path), kind, sender, recipient: recipient.number } as const
    const ids = await router.carriersFor(ask, carrier)
    const [first] = ids
    if (first === undefined) refuse('message.gateway_not_found')
    if (wish.carrierMustBeUp && carrier(first) && carrier(first)!.state().state !== 'up') refuse('message.gateway_unreachable')
    // What the best carrier cannot do, another of the list may.
    const faults: Refusal[] = []
    const carriers: number[] = []
    let plan = usual
    for (const id of ids) {
      const open = carrier(id)
      const written = usual && planOver(open, wish, usual)
      const fault = unableFor(open, wish, written)
      if (fault) faults.push(fault)
      else if (carriers.push(id) === 1) plan = written as SmsPlan | null
    }
    if (carriers.length === 0) throw faults[0]!
    return { carriers, plan }
  }

  async #price(account: Account, wish: MessageWish, plan: SmsPlan | null, from: string, to: string) {
    const { prices } = this.#parts
    const service = wish.kind === 'mms' ? 'mms' : 'sms'
    const price = await prices.priceOf({ account, service, direction: 'out', from, to, units: plan?.segments ?? 1 })
    if (price === 'no_rate') refuse('rating.no_rate', {})
    const { amountMicro, currency } = price
    const { maxPriceMicro } = wish
    if (maxPriceMicro !== undefined && amountMicro > maxPriceMicro)
      refuse('message.price_exceeds_maximum', { priceMicros: amountMicro, maxPriceMicros: maxPriceMicro, currency })
    return { amountMicro, currency, payerId: await prices.payerOf(account) }
  }

  /** As the balance stands: what others spend meanwhile is the write's to see. Gives credit.insufficient, credit.deduction_failed. */
  async #requireCredit({ amountMicro, currency, payerId }: Pick<Found, 'amountMicro' | 'currency' | 'payerId'>): Promise<void> {
    if (payerId === null || amountMicro === 0) return
    const short = shortOf(await readBalance(this.#parts.read, payerId), amountMicro, currency)
    if (short) refuseShort(short)
  }
}

/** Whose country takes a parse to know is asked by calling code first. */
const isAmerican = (recipient: E164): boolean => recipient.callingCode === '1' && recipient.country === 'US'

function requireAccount(account: Account, now: number): void {
  if (account.status !== 'active') refuse('account.not_active', { state: account.status })
  requireTrialRunning(account, now)
}

function requireFeatures(account: Account, { kind, from }: MessageWish): void {
  const { features } = account.settings
  const wanted = kind === 'mms' ? 'mms' : 'sms'
  if (!features.includes(wanted)) refuse('feature.not_enabled', { feature: wanted })
  if (kind === 'flash' && !features.includes('flash_sms')) refuse('feature.not_enabled', { feature: 'flash_sms' })
  if (senderOf(from).kind === 'alphanumeric' && !features.includes('alphanumeric_sender'))
    refuse('feature.not_enabled', { feature: 'alphanumeric_sender' })
}

type Sender = Exclude<ReturnType<typeof senderOf>, { kind: 'invalid' }>

function senderFrom({ from }: MessageWish): Sender {
  const sender = senderOf(from)
  if (sender.kind === 'invalid') refuse('message.sender_invalid', { number: from })
  return sender
}

/** When it is to go because of the account's quiet hours; undefined: as it is asked for. Gives policy.quiet_hours. */
function quietFor(
  account: Account,
  { kind, recipient }: MessageRow,
  { sendAt = 0 }: MessageWish,
  now: number,
): number | undefined {
  const verdict = keepQuiet(account.settings, { kind, recipient }, Math.max(sendAt, now))
  if (!verdict.ok) throw refusal(verdict.reason, verdict.params)
  return 'dueMs' in verdict ? verdict.dueMs : undefined
}

function contentOf(wish: MessageWish): SmsPlan | null {
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

const planOptions = ({ coding = 'auto', kind }: MessageWish): PlanOptions => ({
  coding,
  maxSegments: segmentsAtMost,
  flash: kind === 'flash',
})

/** As this carrier writes it. */
function planOver(carrier: SmsCarrier | undefined, wish: MessageWish, usual: SmsPlan): SmsPlan | SmsMisfit {
  const writing = carrier?.abilities.writing
  return writing ? planText(wish.text, { ...planOptions(wish), ...writing }) : usual
}

function misfitOf(misfit: SmsMisfit, text: string, multipart: 'yes' | 'no' = 'yes'): Refusal {
  if (misfit.problem === 'too_long')
    return refusal('message.content_too_long', { maxLengthChars: misfit.holds, lengthChars: text.length, multipart })
  const characters = misfit.characters.slice(0, 5).map(({ character }) => character)
  return refusal('message.content_unencodable', {}, { evidence: `${misfit.coding}: ${characters.join(' ')}` })
}

function requireCampaign(account: Account, { number }: NumberRow, messaging: NumberMessaging, now: number): void {
  if (!account.settings.messages.usCampaigns) return
  const { campaignId, campaignExpiresMs } = messaging
  if (campaignId === null) refuse('message.campaign_missing', { number })
  if (campaignExpiresMs !== null && campaignExpiresMs <= now) refuse('message.campaign_expired', { number })
}

/** One segment: 140 characters that ASCII has, else 70. */
const singleAscii = 140
const singleOther = 70

function unableFor(carrier: SmsCarrier | undefined, wish: MessageWish, plan: SmsPlan | SmsMisfit | null): Refusal | undefined {
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

const priorityOf = { high: 0, normal: 1, low: 2 } as const

function rowOf(
  id: number,
  caller: Pick<Caller, 'account' | 'face'>,
  wish: MessageWish,
  sender: string,
  recipient: E164,
  now: number,
): MessageRow {
  const { callback, reference, batchId, custom, userId } = wish
  return {
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
    reason: null,
    params: null,
    cause: null,
    error_id: null,
    carrier_id: null,
    attempts: 0,
    priority: priorityOf[wish.priority ?? 'normal'],
    report: wish.report === 'none' ? 0 : 1,
    due_ms: null,
    deadline_ms: null,
    wake_ms: null,
    payer_id: null,
    price_micro: 0,
    currency: caller.account.settings.currency,
    batch_id: batchId ?? null,
    client_ref: reference ?? '',
    callback: callback ? JSON.stringify(callback) : null,
    detail: custom || userId !== undefined ? JSON.stringify({ ...custom, ...(userId !== undefined && { userId }) }) : '{}',
    created_ms: now,
    sent_ms: null,
    ended_ms: null,
    updated_ms: now,
  }
}

interface Way {
  readonly carriers: readonly number[]
  readonly plan: SmsPlan | null
}

interface Found {
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

function ready(row: MessageRow, wish: MessageWish, account: Account, found: Found): MessageRow {
  const { plan, carriers, quiet, slot, now, amountMicro, currency, payerId } = found
  const [carrier, ...others] = carriers
  const due = Math.max(wish.sendAt ?? 0, quiet ?? slot ?? 0)
  const waits = due > now
  const deadline = wish.validUntil ?? (waits ? due : now) + account.settings.messages.validitySeconds * 1000
  const more = {
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
    detail: Object.keys(more).length > 0 ? JSON.stringify({ ...(JSON.parse(row.detail) as object), ...more }) : row.detail,
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
