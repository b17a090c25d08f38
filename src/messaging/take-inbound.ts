// What comes from a network: whose number it is for, whether it is whole, and whether its text is a word by which people ask
// for no more messages. The network is told that we have it once it is durable; nobody's number is told as such. Which URL
// or application is told belongs to message-targets.ts; here only the number's application is noted.
//
// An answer to a word goes out after the commit. A process that dies in between sends none: the wish stands all the same.

import type { Account } from '#accounts/account.ts'
import { messagingOf } from '#numbers/messaging-of.ts'
import { stateOf, type NumberState } from '#numbers/number-state.ts'
import type { Slug } from '#reasons/catalogue.ts'
import { takeInbound, takeInboundPart, type InboundOwner } from '#store/inbound-messages.ts'
import type { NewMedia } from '#store/media.ts'
import type { NumberRow } from '#store/numbers.ts'
import type { MaybePromise, Store } from '#store/store.ts'
import type { Clock } from '#values/clock.ts'
import type { NextId } from '#values/ids.ts'
import { answerTo, keywordOf, type Keyword } from './opt-out-words.ts'
import type { PersonHashes } from './opt-outs.ts'
import type { CarrierNews, InboundSms, JobMedia } from './sms-carrier.ts'

/** An answer to somebody's word; it goes out also to who has just opted out. */
export interface InboundAnswer {
  readonly account: Account
  readonly face: string
  readonly from: string
  readonly to: string
  readonly text: string
  readonly word: Keyword
  /** The message that is answered. */
  readonly messageId: number
}

export interface InboundParts {
  readonly store: Store
  readonly clock: Clock
  readonly nextId: NextId
  readonly hashes: PersonHashes
  /** By its text, whoever owns it. */
  numberOf(number: string): MaybePromise<NumberRow | undefined>
  accountOf(id: number): MaybePromise<Account | undefined>
  /** Fetches what a message carries, under guard; rows of origin `received`. What cannot be had is left out. */
  fetchMedia(account: Account, messageId: number, media: readonly JobMedia[]): Promise<readonly NewMedia[]>
  /** Sends an answer; what goes wrong is its own to note. */
  sendAnswer(answer: InboundAnswer): void
}

type Verdict = Awaited<ReturnType<CarrierNews['inbound']>>

const unusable: Partial<Record<NumberState, Slug>> = { blocked: 'number.blocked', expired: 'number.expired' }

/** Networks leave out the +, and some write 00. Letters and short codes stay as they are. */
export function partyOf(text: string): string {
  const plain = text.trim()
  if (/^00\d{8,15}$/.test(plain)) return `+${plain.slice(2)}`
  return /^\d{9,15}$/.test(plain) ? `+${plain}` : plain
}

export class TakeInbound {
  readonly #parts: InboundParts

  constructor(parts: InboundParts) {
    this.#parts = parts
  }

  readonly take = async (carrier: number, message: InboundSms): Promise<Verdict> => {
    const { store, clock, nextId } = this.#parts
    const now = clock.nowMs()
    const found = await this.ownerOf(message.recipient, now)
    if ('reason' in found) return { taken: false, reason: found.reason }
    const { account, owner, number } = found
    const sender = partyOf(message.sender)
    const recipient = number.number
    const { kind, text, coding, subject, concat } = message
    if (!messagingOf(number)[kind]) return { taken: false, reason: 'message.type_not_on_number' }
    const id = nextId()
    const common = { id, carrier, owner, kind, sender, recipient, text, coding, subject, now }
    if (concat && concat.total > 1) {
      const { reference, total, part } = concat
      if (part < 1 || part > total) return { taken: false, reason: 'message.segment_missing' }
      await store.write(takeInboundPart, { ...common, reference, total, part, spareId: nextId() })
      return { taken: true }
    }
    const media = message.media?.length ? await this.#parts.fetchMedia(account, id, message.media) : []
    const mediaNotHad = (message.media?.length ?? 0) - media.length
    const word = kind === 'sms' ? keywordOf(text) : null
    const optOut = word === 'stop' || word === 'start' ? word : undefined
    const mediaAtMost = account.settings.limits.mediaStoreBytes
    const senderHash = word === 'start' ? this.#parts.hashes.of(account.id, sender) : undefined
    const { optOutChanged } = await store.write(takeInbound, { ...common, media, mediaNotHad, mediaAtMost, optOut, senderHash })
    // Who repeats a word is not answered again: two machines must not answer one another for ever.
    if (word && (word === 'help' || optOutChanged)) this.#answer(word, account, number, sender, id)
    return { taken: true }
  }

  /** The account that a number's messages go to, or why nobody gets them. */
  async ownerOf(
    recipient: string,
    now: number,
  ): Promise<{ account: Account; owner: InboundOwner; number: NumberRow } | { reason: Slug }> {
    const { numberOf, accountOf } = this.#parts
    const number = await numberOf(partyOf(recipient))
    if (!number) return { reason: 'number.not_found' }
    if (number.account_id === null) return { reason: 'number.not_assigned' }
    const state = stateOf(number, now)
    if (state !== 'active') return { reason: unusable[state] ?? 'number.not_active' }
    const account = await accountOf(number.account_id)
    if (!account) return { reason: 'number.not_assigned' }
    if (account.status === 'closed') return { reason: 'account.not_active' }
    const { smsApplicationId, userId } = JSON.parse(number.detail) as { smsApplicationId?: number | null; userId?: number | null }
    const owner: InboundOwner = {
      account: account.id,
      face: number.face,
      numberId: number.id,
      applicationId: smsApplicationId ?? number.application_id,
      userId: userId ?? undefined,
      currency: account.settings.currency,
    }
    return { account, owner, number }
  }

  #answer(word: Keyword, account: Account, number: NumberRow, to: string, messageId: number): void {
    const { enabled, stop, start, help } = { ...account.settings.answers, ...messagingOf(number).answers }
    // A name cannot be written to.
    if (!enabled || !/^\+?\d+$/.test(to)) return
    const said = { stop, start, help }[word]
    const text = answerTo(word, account.settings.language, typeof said === 'string' ? { '*': { [word]: said } } : {})
    if (text === undefined) return
    this.#parts.sendAnswer({ account, face: number.face, from: number.number, to, text, word, messageId })
  }
}
