// What things cost an account and who pays for them, from memory: asked for each message. Everything is read once and kept
// until the store tells of a change; what was found for a message stays its price. It holds nothing and charges nothing:
// that is for the write which takes the message in (#store/credit.ts).

import { refuse } from '#reasons/refusal.ts'
import { readBalance } from '#store/credit.ts'
import { deckInForce, readRateDeck, readRates, type RateRow } from '#store/rate-decks.ts'
import type { MaybePromise, Store } from '#store/store.ts'
import type { Clock } from '#values/clock.ts'
import { amountOf, RateTree } from './rate-tree.ts'

/** As much of an account as it takes; `path` has the ids of those above it. */
export interface Payable {
  readonly id: number
  readonly path: string
}

export interface PriceAsked {
  readonly account: Payable
  /** sms, mms, call, number, verification ... */
  readonly service: string
  readonly direction: 'out' | 'in'
  readonly from: string
  /** E.164; its longest prefix in the deck counts, also for what comes in: that is the account's own number. */
  readonly to: string
  /** Segments, seconds, things. */
  readonly units: number
}

export interface Price {
  readonly amountMicro: number
  readonly currency: string
}

export interface FoundRate {
  readonly rate: RateRow | null
  readonly currency: string
}

/** What holds for an account. */
interface Terms {
  readonly payer: { readonly id: number; readonly currency: string } | null
  /** undefined: no deck, and nothing costs anything. */
  readonly rates: RateTree | undefined
  readonly untilMs: number
}

const mostAccounts = 50_000

/** News of these nouns may change who pays or what it costs. */
const watched = ['accounts', 'balances', 'balances created', 'rate_decks', 'account_packages', '*']

/** The currency of what is free. */
const free: Price = { amountMicro: 0, currency: 'USD' }

export class Prices {
  readonly #store: Pick<Store, 'all' | 'one' | 'onChange'>
  readonly #clock: Clock
  readonly #terms = new Map<number, Terms>()
  readonly #trees = new Map<number, RateTree>()
  /** Counts what was forgotten: what was read before is not kept after. */
  #news = 0

  constructor(store: Pick<Store, 'all' | 'one' | 'onChange'>, clock: Clock) {
    this.#store = store
    this.#clock = clock
    store.onChange((nouns) => {
      if (watched.some((noun) => nouns.has(noun))) this.#forget(nouns)
    })
  }

  #forget(nouns: ReadonlySet<string>): void {
    this.#news += 1
    this.#terms.clear()
    if (nouns.has('rate_decks') || nouns.has('*')) this.#trees.clear()
  }

  /**
   * `no_rate`: the account's deck has none for it. At once where it is known, which it is for all but the first question
   * after a change. Gives credit.deduction_failed when the payer's balance is in another currency than the deck.
   */
  priceOf(asked: PriceAsked): MaybePromise<Price | 'no_rate'> {
    const terms = this.#known(asked.account)
    return terms ? priceBy(terms, asked) : this.#load(asked.account).then((loaded) => priceBy(loaded, asked))
  }

  /**
   * The rate itself, for what is charged while it lasts; null: it costs nothing. Gives credit.deduction_failed as `priceOf` does.
   */
  rateOf(asked: Omit<PriceAsked, 'units'>): MaybePromise<FoundRate | 'no_rate'> {
    const terms = this.#known(asked.account)
    return terms ? rateBy(terms, asked) : this.#load(asked.account).then((loaded) => rateBy(loaded, asked))
  }

  /** Whose balance pays for the account: its own or that of the nearest above it. Null: nobody pays beforehand. */
  payerOf(account: Payable): MaybePromise<number | null> {
    const terms = this.#known(account)
    return terms ? (terms.payer?.id ?? null) : this.#load(account).then(({ payer }) => payer?.id ?? null)
  }

  #known({ id }: Payable): Terms | undefined {
    const terms = this.#terms.get(id)
    return terms && (terms.untilMs === Infinity || this.#clock.nowMs() < terms.untilMs) ? terms : undefined
  }

  async #load({ id, path }: Payable): Promise<Terms> {
    const news = this.#news
    const accounts = path.split('/').filter(Boolean).map(Number).toReversed()
    const payer = await this.#payerAmong(accounts)
    const inForce = await deckInForce(this.#store, accounts, this.#clock.nowMs())
    const rates = inForce && (await this.#treeOf(inForce.deckId))
    const terms: Terms = { payer, rates, untilMs: inForce?.untilMs ?? Infinity }
    if (news === this.#news) {
      if (this.#terms.size >= mostAccounts) this.#terms.clear()
      this.#terms.set(id, terms)
    }
    return terms
  }

  async #payerAmong(accounts: readonly number[]): Promise<Terms['payer']> {
    for (const id of accounts) {
      const balance = await readBalance(this.#store, id)
      if (balance) return { id, currency: balance.currency }
    }
    return null
  }

  async #treeOf(deckId: number): Promise<RateTree | undefined> {
    const known = this.#trees.get(deckId)
    if (known) return known
    const news = this.#news
    const deck = await readRateDeck(this.#store, deckId)
    if (!deck) return undefined
    const tree = new RateTree(deck.currency, await readRates(this.#store, deckId))
    if (news === this.#news) this.#trees.set(deckId, tree)
    return tree
  }
}

function priceBy({ payer, rates }: Terms, { service, direction, to, units }: PriceAsked): Price | 'no_rate' {
  if (!rates) return payer ? { amountMicro: 0, currency: payer.currency } : free
  const rate = rates.find(service, direction, to)
  if (!rate) return 'no_rate'
  const amountMicro = amountOf(rate, units)
  // Nobody knows how much of the one is how much of the other.
  if (payer && payer.currency !== rates.currency && amountMicro > 0) refuse('credit.deduction_failed')
  return { amountMicro, currency: rates.currency }
}

function rateBy({ payer, rates }: Terms, { service, direction, to }: Omit<PriceAsked, 'units'>): FoundRate | 'no_rate' {
  if (!rates) return { rate: null, currency: payer?.currency ?? free.currency }
  const rate = rates.find(service, direction, to)
  if (!rate) return 'no_rate'
  if (payer && payer.currency !== rates.currency && rate.price_micro > 0) refuse('credit.deduction_failed')
  return { rate, currency: rates.currency }
}
