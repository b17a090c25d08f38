// What a message must pass before it is accepted, as a column of checks: what it is, who sends it from where, to whom, what it says,
// which way it goes and what it costs. It ends in a row ready to be written; the write itself checks what can race (the
// sender's queue, the payer's credit). It reads, it writes nothing.

import type { Caller } from '#accounts/caller.ts'
import { pathIds, type Account } from '#accounts/account.ts'
import type { Prices } from '#credit/prices.ts'
import { refuseShort } from '#credit/refuse-short.ts'
import { messagingOf } from '#numbers/messaging-of.ts'
import { requireUsable } from '#numbers/number-state.ts'
import type { Router } from '#numbers/router.ts'
import { requireTrusted } from '#numbers/whitelist.ts'
import { Refusal, refusal, refuse } from '#reasons/refusal.ts'
import type { NewMessage } from '#store/accept-messages.ts'
import { readBalance, shortOf } from '#store/credit.ts'
import { threadOf, type Filing } from '#store/mailbox.ts'
import type { MessageRow } from '#store/messages.ts'
import type { NumberRow } from '#store/numbers.ts'
import type { Reader } from '#store/store.ts'
import type { Clock } from '#values/clock.ts'
import type { NextId } from '#values/ids.ts'
import { parseE164, type E164 } from '#values/e164.ts'
import type { SmsPlan } from '#values/sms-text.ts'
import { isClientRecipient, refuseClient } from './client-recipient.ts'
import { failedRow, ready, rowOf, type Found, type Way } from './message-row.ts'
import {
  contentOf,
  isAmerican,
  planOver,
  quietFor,
  requireAccount,
  requireCampaign,
  requireFeatures,
  senderFrom,
  unableFor,
  type Sender,
} from './message-rules.ts'
import type { MessageWish } from './message-wish.ts'
import type { NumbersKnown } from './numbers-known.ts'
import type { OptOuts } from './opt-outs.ts'
import type { Pace } from './pace.ts'
import type { PumpingGuard } from './pumping-guard.ts'
import type { SmsCarrier } from './sms-carrier.ts'

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
    if (wish.carrierMustBeUp && carrier(first)?.isUp() === false) refuse('message.gateway_unreachable')
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
