// What a call that goes out must pass before it is placed, as a column of checks: whose it is, whom it is shown as from, whom it goes
// to, over which way and at what price. It ends in a row ready to be written; the write itself checks what can race (the payer's
// credit). It reads, it writes nothing, and it rings nobody.

import { pathIds, type Account } from '#accounts/account.ts'
import { requireTrialRunning } from '#accounts/trial.ts'
import type { Prices } from '#credit/prices.ts'
import { requireUsable } from '#numbers/number-state.ts'
import type { Router } from '#numbers/router.ts'
import { userOf } from '#numbers/user-of.ts'
import { requireTrusted } from '#numbers/whitelist.ts'
import { refuse } from '#reasons/refusal.ts'
import { freshCall, type CallRow } from '#store/calls.ts'
import { readClientByLogin } from '#store/clients.ts'
import type { NumberRow } from '#store/numbers.ts'
import type { MaybePromise, Reader } from '#store/store.ts'
import { readTrustedNumber } from '#store/trusted-numbers.ts'
import { parseE164, type E164 } from '#values/e164.ts'
import type { Clock } from '#values/clock.ts'
import type { NextId } from '#values/ids.ts'
import type { CallLimits } from './call-limits.ts'
import { blockOf, type CallRate, costOf, firstSlice, sliceOf } from './call-rate.ts'
import type { CallDetail } from './call-view.ts'
import type { CallWish } from './call-wish.ts'
import { dialledNumber } from './dialled-number.ts'
import type { FoundAddress, PhoneContact, Phones, SipAddresses, Trunk } from './line.ts'
import { requireOpen } from './open-destinations.ts'

export type CallKind = 'call.incoming' | 'call.outgoing'

export interface AdmitCallParts {
  readonly read: Reader
  readonly clock: Clock
  readonly nextId: NextId
  /** This node. */
  readonly node: string
  readonly prices: Pick<Prices, 'rateOf' | 'payerOf'>
  readonly router: Router
  readonly limits: CallLimits
  /** How much of a call is held at a time, in seconds. */
  readonly sliceSeconds?: number
  readonly phones: Phones
  readonly addresses: SipAddresses
  trunk(id: number): Trunk | undefined
  numberOf(number: string): MaybePromise<NumberRow | undefined>
  /** The operator's own say, where one is configured: throws policy.session_blocked, policy.hook_failed. */
  askPolicy?(account: Account, call: { readonly from: string; readonly to: string }, kind: CallKind): Promise<void> | undefined
  /** What the face of a call tells the account's own phones of it: X- headers. Nobody else is told. */
  phoneHeaders?(row: CallRow): MaybePromise<Readonly<Record<string, string>> | undefined>
}

/** How the called party is reached, the best way first. */
export type Way =
  | { readonly kind: 'trunks'; readonly ids: readonly number[] }
  | { readonly kind: 'phones'; readonly contacts: readonly PhoneContact[] }
  | { readonly kind: 'sip'; readonly address: FoundAddress }

export interface AdmittedCall {
  readonly wish: CallWish
  /** As it was wished for, before anything was added that only the called party is told. */
  readonly asked: CallWish
  readonly row: CallRow
  readonly way: Way
  readonly rate: CallRate | null
  /** Bound by the wish, by the account, and by the price that it may come to. */
  readonly mostMs: number
}

/** Gives account.on_hold, account.not_active, trial.expired, feature.not_enabled. For calls both ways. */
export function requireCalling(account: Account, nowMs: number): void {
  requireActive(account)
  requireTrialRunning(account, nowMs)
  if (!account.settings.features.includes('voice')) refuse('feature.not_enabled', { feature: 'voice' })
}

/** Gives account.on_hold, account.not_active. */
export function requireActive({ status }: Account): void {
  if (status === 'suspended') refuse('account.on_hold', { subject: 'call' })
  if (status !== 'active') refuse('account.not_active', { state: status })
}

interface Priced {
  readonly payerId: number | null
  readonly rate: CallRate | null
  readonly currency: string
  /** What the most that it may cost is good for. */
  readonly boundMs: number | undefined
}

interface Parties {
  readonly id: number
  readonly caller: string
  readonly called: string
  readonly now: number
}

interface Called {
  readonly shown: string
  readonly way: Way
  readonly clientId: number | null
}

export class AdmitCall {
  readonly #parts: AdmitCallParts

  constructor(parts: AdmitCallParts) {
    this.#parts = parts
  }

  /**
   * Gives account.*, trial.*, feature.not_enabled, call.concurrency_reached, rate.limit_exceeded, call.spend_limit_reached,
   * number.not_owned, number.* of the caller's number, destination.*, call.emergency_not_routed, call.called_not_allowed,
   * number.not_in_whitelist, client.*, call.unreachable, routing.*, rating.*, policy.*, credit.deduction_failed.
   */
  async admit(wish: CallWish): Promise<AdmittedCall> {
    const { clock, limits, askPolicy } = this.#parts
    const { account } = wish
    const now = clock.nowMs()
    requireCalling(account, now)
    if (!wish.isDeflected) await limits.requireRoom(account)
    const from = await this.#from(wish, now)
    const called = await this.#to(wish, from.shown)
    await limits.requireSpending(account)
    const priced = await this.#price(wish, called, from.shown)
    await limits.take(account)
    await askPolicy?.(account, { from: from.shown, to: called.shown }, 'call.outgoing')
    const ready = this.#ready(wish, from, called, priced, now)
    const { way } = called
    const told = way.kind === 'phones' ? await this.#parts.phoneHeaders?.(ready.row) : undefined
    return { wish: told ? { ...wish, headers: { ...told, ...wish.headers } } : wish, asked: wish, way, ...ready }
  }

  /** The node that a call to this target has to be placed on: where its phone is connected. Undefined: any. */
  async nodeFor(account: Account, to: CallWish['to']): Promise<string | undefined> {
    const { read, phones } = this.#parts
    if (to.kind !== 'client') return undefined
    const client = await readClientByLogin(read, account.rootId, to.login.replace(/^client:/, ''))
    if (!client || (await phones.contactsOf(client.id)).length > 0) return undefined
    return phones.elsewhere(client.id)
  }

  /** The row of one that was not admitted: whom it was to reach, as it was asked for. It has no way and no price. */
  turnedDown(wish: CallWish): CallRow {
    const { account, from, parent, to } = wish
    const asked = { country: account.settings.country }
    const numberOr = (text: string): string => {
      const e164 = parseE164(text, asked)
      return e164?.isPossible ? e164.number : text
    }
    const caller = from === '' ? (parent?.row.caller ?? '') : numberOr(from.replace(/^client:/, ''))
    const called = to.kind === 'client' ? to.login.replace(/^client:/, '') : to.kind === 'sip' ? to.uri : numberOr(to.number)
    return this.#row(wish, { id: this.#parts.nextId(), caller, called, now: this.#parts.clock.nowMs() })
  }

  /** As the called party sees it: a number of the account, one that it has proven, a client, or what the parent has. */
  async #from({ account, from, parent }: CallWish, now: number): Promise<{ shown: string; number: NumberRow | undefined }> {
    const { read, numberOf } = this.#parts
    const asked = from === '' ? (parent?.row.caller ?? '') : from
    if (asked === '') refuse('number.not_owned', { number: asked })
    // Whoever called in may be shown to whom the call is passed on. Whom a call went to has called nobody: a phone may dial any number, and any that
    // answers would lend its name.
    const isPassedOn = parent !== undefined && asked === parent.row.caller
    const e164 = parseE164(asked, { country: account.settings.country })
    const number = e164?.isPossible ? await numberOf(e164.number) : await numberOf(asked)
    if (number?.account_id === account.id) {
      requireUsable(number, now)
      return { shown: number.number, number }
    }
    if (isPassedOn) return { shown: e164?.isPossible ? e164.number : asked, number: undefined }
    if (e164?.isPossible) {
      if (await readTrustedNumber(read, account.id, e164.number)) return { shown: e164.number, number: undefined }
      return refuse('number.not_owned', { number: e164.number })
    }
    const login = asked.replace(/^client:/, '')
    const client = await readClientByLogin(read, account.rootId, login)
    if (client?.account_id !== account.id) refuse('number.not_owned', { number: asked })
    return { shown: login, number: undefined }
  }

  #to(wish: CallWish, from: string): Promise<Called> {
    const { to } = wish
    if (to.kind === 'client') return this.#client(wish.account, to.login)
    if (to.kind === 'sip') return this.#address(wish.account, to.uri)
    return this.#number(wish.account, to.number, from)
  }

  async #client(account: Account, asked: string): Promise<Called> {
    const { read, phones } = this.#parts
    const login = asked.replace(/^client:/, '')
    const client = await readClientByLogin(read, account.rootId, login)
    if (!client || client.enabled !== 1) return refuse('client.not_found', { client: login })
    const contacts = await phones.contactsOf(client.id)
    if (contacts.length === 0) {
      if (await phones.elsewhere(client.id)) refuse('client.on_other_node', { client: login })
      if (await phones.lapsed(client.id)) refuse('client.registration_expired', { client: login })
      refuse('call.unreachable')
    }
    return { shown: login, clientId: client.id, way: { kind: 'phones', contacts } }
  }

  async #address(account: Account, uri: string): Promise<Called> {
    const loopback = account.settings.features.includes('loopback_urls')
    const address = await this.#parts.addresses.find(uri, { loopback })
    return { shown: uri, clientId: null, way: { kind: 'sip', address } }
  }

  async #number(account: Account, asked: string, from: string): Promise<Called> {
    const dialled = dialledNumber(asked, account.settings.country)
    if ('emergency' in dialled) {
      const { emergency } = dialled
      const ids = await this.#routes(account, emergency, from)
      if (ids.length === 0) refuse('call.emergency_not_routed', { number: emergency })
      return { shown: emergency, clientId: null, way: this.#trunks(ids, emergency) }
    }
    const { number: to } = dialled
    requireOpen(account, to)
    await requireTrusted(this.#parts.read, account, to.number)
    if (await this.#isOwnedElsewhere(to)) refuse('number.not_assigned', { number: to.number })
    const ids = await this.#routes(account, to.number, from)
    if (ids.length === 0) refuse('routing.no_route', { destination: to.number })
    return { shown: to.number, clientId: null, way: this.#trunks(ids, to.number) }
  }

  /** A number of the platform's own stock that nobody has is nobody's anywhere. */
  async #isOwnedElsewhere({ number }: E164): Promise<boolean> {
    const row = await this.#parts.numberOf(number)
    return row !== undefined && row.account_id === null
  }

  /** Least cost first, as the routes have it; a number without + finds routes that name it alone. */
  async #routes(account: Account, number: string, from: string): Promise<number[]> {
    const { router, trunk } = this.#parts
    // The route for everything is none to numbers of help: they must be named.
    const leastPrefix = number.startsWith('+') ? 0 : number.length
    const ask = { accounts: pathIds(account.path), kind: 'voice', sender: from, recipient: number, leastPrefix } as const
    return router.carriersFor(ask, (id) => {
      const open = trunk(id)
      return open && { isUp: () => open.takes() }
    })
  }

  #trunks(ids: readonly number[], destination: string): Way {
    const { trunk } = this.#parts
    const open = ids.filter((id) => trunk(id) !== undefined)
    if (open.length === 0) refuse('routing.vendor_not_found')
    const able = open.filter((id) => trunk(id)!.takes())
    if (able.length === 0) refuse('routing.no_route_available', { destination })
    return { kind: 'trunks', ids: able }
  }

  async #price({ account, maxPriceMicro }: CallWish, { shown, way }: Called, from: string): Promise<Priced> {
    const { prices } = this.#parts
    const payerId = await prices.payerOf(account)
    // Calls that no carrier sees have the rate of the empty prefix, if they have any.
    const found = await prices.rateOf({ account, service: 'call', direction: 'out', from, to: shown })
    if (found === 'no_rate') {
      if (way.kind !== 'trunks') return { payerId: null, rate: null, currency: account.settings.currency, boundMs: undefined }
      refuse('rating.no_rate', { kind: 'charge', destination: shown })
    }
    const { currency } = found
    const rate = found.rate && {
      priceMicro: found.rate.price_micro,
      per: found.rate.per,
      first: found.rate.first_block,
      next: found.rate.next_block,
      ...sliceOf(this.#parts),
    }
    if (!rate || rate.priceMicro === 0) return { payerId: null, rate: null, currency, boundMs: undefined }
    return { payerId, rate, currency, boundMs: maxPriceMicro === undefined ? undefined : boundOf(rate, maxPriceMicro) }
  }

  #ready(
    wish: CallWish,
    from: { shown: string; number: NumberRow | undefined },
    { shown, clientId }: Called,
    { payerId, rate, currency, boundMs }: Priced,
    now: number,
  ) {
    const basis = this.#row(wish, { id: this.#parts.nextId(), caller: from.shown, called: shown, now }, rate?.per)
    const row: CallRow = {
      ...basis,
      number: from.number?.number ?? '',
      number_id: from.number?.id ?? null,
      client_id: clientId,
      user_id: basis.user_id ?? userOf(from.number),
      payer_id: rate ? payerId : null,
      rate_micro: rate?.priceMicro ?? 0,
      charging_block: rate ? blockOf(rate) : freshCall.charging_block,
      held_micro: rate && payerId !== null ? costOf(rate, firstSlice(rate)) : 0,
      currency,
    }
    const bounds = [wish.mostMs, boundMs].filter((bound) => bound !== undefined)
    return { row, rate, mostMs: Math.min(wish.account.settings.limits.callSeconds * 1000, ...bounds) }
  }

  #row(wish: CallWish, { id, caller, called, now }: Parties, ratePer?: number): CallRow {
    const { account, parent } = wish
    const detail: CallDetail = {
      ...(wish.faceData && { faceData: wish.faceData }),
      ...(ratePer !== undefined && { ratePer }),
      ...(wish.headers && { headers: wish.headers }),
    }
    return {
      ...freshCall,
      id,
      session_id: parent?.sessionId ?? id,
      parent_id: parent?.id ?? null,
      account_id: account.id,
      direction: 'out',
      origin: wish.origin,
      face: wish.face,
      caller,
      caller_name: wish.fromName ?? '',
      called,
      user_id: wish.userId ?? parent?.row.user_id ?? null,
      application_id: wish.applicationId ?? null,
      state: 'queued',
      node: this.#parts.node,
      currency: account.settings.currency,
      client_ref: wish.clientRef ?? '',
      callback: wish.callback ? JSON.stringify(wish.callback) : null,
      detail: JSON.stringify(detail),
      created_ms: now,
      updated_ms: now,
    }
  }
}

/** How long a call may last for so much; at least its first block must be paid. Gives rating.price_exceeds_maximum. */
function boundOf(rate: CallRate, maxMicro: number): number {
  const first = costOf(rate, rate.first)
  if (first > maxMicro) refuse('rating.price_exceeds_maximum', { priceMicros: first, maxPriceMicros: maxMicro })
  const blocks = Math.floor(((maxMicro - first) * rate.per) / (rate.priceMicro * rate.next))
  return (rate.first + blocks * rate.next) * 1000
}
