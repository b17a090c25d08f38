import Type from 'typebox'
import { pathIds } from '#accounts/account.ts'
import { actorOf, type Caller } from '#accounts/caller.ts'
import { refuseShort } from '#credit/refuse-short.ts'
import { requireUsable } from '#numbers/number-state.ts'
import { requireTrusted } from '#numbers/whitelist.ts'
import { refuse } from '#reasons/refusal.ts'
import { createCallSession, type CallSessionRow } from '#store/call-sessions.ts'
import { readPayer, type CreditShort } from '#store/credit.ts'
import { readNumberByNumber } from '#store/numbers.ts'
import { deckInForce, hasRates, longestRate, readRateDeck } from '#store/rate-decks.ts'
import type { Reader } from '#store/store.ts'
import { readTrustedNumber } from '#store/trusted-numbers.ts'
import { amountInBlocks, readChargingBlock, type BlockRate } from '#values/charging-block.ts'
import { parseE164 } from '#values/e164.ts'
import { maskingOf, otherParty } from '#store/maskings.ts'
import { emergencyNumber } from '#voice/emergency.ts'
import { masksCalls } from '#voice/masked-call.ts'
import { requireOpen } from '#voice/open-destinations.ts'
import { blockRate, offersFor, routesNow } from '#voice/route-call.ts'
import { Optional } from '../fields.ts'
import { operation, type Means } from '../operation.ts'
import { callSessionView, CallSessionView } from './session-view.ts'

/** E.164 of a number that the account may show as its own. Gives number.* and number.not_owned. */
async function callerNumber(read: Reader, { account }: Caller, text: string, nowMs: number): Promise<string> {
  const number = parseE164(text, { country: account.settings.country })?.number ?? text
  const row = await readNumberByNumber(read, number)
  if (row?.account_id === account.id) {
    requireUsable(row, nowMs)
    return row.number
  }
  if (row || !(await readTrustedNumber(read, account.id, number))) refuse('number.not_owned', { number })
  return number
}

interface Masked {
  /** The number that both parties dial: the called one sees it. */
  readonly number: string
  readonly other: string
}

/** Where a number of the account is dialled that masks: whom the caller is masked from by it. Gives masking.subscriber_not_found. */
async function maskedBy(read: Reader, { account }: Caller, from: string, to: string, nowMs: number): Promise<Masked | undefined> {
  const { country } = account.settings
  const e164 = (text: string): string => parseE164(text, { country })?.number ?? text
  const row = await readNumberByNumber(read, e164(to))
  if (row?.account_id !== account.id || !masksCalls(row)) return undefined
  requireUsable(row, nowMs)
  const party = e164(from)
  const masking = await maskingOf(read, { account: account.id, number: row.id, party, nowMs })
  if (!masking) return refuse('masking.subscriber_not_found', { subscriber: from })
  return { number: row.number, other: otherParty(masking, party) }
}

/** Gives destination.invalid, destination.not_allowed, destination.high_risk, number.not_in_whitelist. */
async function calledNumber(read: Reader, { account }: Caller, text: string): Promise<string> {
  const { country } = account.settings
  const dialled = text.replaceAll(/[\s().-]/g, '')
  // The numbers of help need a route of their own, which is found by them alone.
  const emergency = emergencyNumber(dialled, country)
  if (emergency !== undefined) return emergency
  const to = parseE164(dialled, { country })
  if (!to?.isPossible) refuse('destination.invalid', { destination: text })
  requireOpen(account, to)
  await requireTrusted(read, account, to.number)
  return to.number
}

type Sold = { readonly rate: BlockRate; readonly currency: string } | { readonly none: 'charge' | 'charge_table' }

/** What the account pays for seconds to a number; without a deck nothing. Gives rating.charge_rate_invalid. */
async function sellRate(read: Reader, { account }: Caller, to: string, nowMs: number): Promise<Sold> {
  const inForce = await deckInForce(read, pathIds(account.path).toReversed(), nowMs)
  const deck = inForce && (await readRateDeck(read, inForce.deckId))
  if (!deck) return { rate: { priceMicro: 0, per: 60, first: 60, next: 60 }, currency: account.settings.currency }
  const asked = { deck: deck.id, service: 'call', direction: 'out' } as const
  const rate = await longestRate(read, { ...asked, digits: to.replace('+', '') })
  if (rate) return { rate: blockRate(rate), currency: deck.currency }
  return { none: (await hasRates(read, asked)) ? 'charge' : 'charge_table' }
}

function shown(_: Means, result: { row: CallSessionRow } | { row: null; short: CreditShort }) {
  return result.row ? callSessionView(result.row) : refuseShort(result.short)
}

/** For a switch elsewhere: routes are looked up, and what the call will cost at least is held. */
export const openCallSessionOperation = operation({
  name: 'call_sessions.create',
  summary: 'Ask for the routes of a call that is switched elsewhere',
  permission: 'calls.write',
  feature: 'voice',
  input: Type.Object(
    {
      from: Type.String({ minLength: 1, maxLength: 64, description: 'A number of the account, or one that it has proven.' }),
      to: Type.String({ minLength: 1, maxLength: 64, description: 'Whom it is to reach.' }),
      reference: Optional(Type.String({ maxLength: 128, description: "The client's own id." })),
      chargingBlock: Optional(
        Type.String({ maxLength: 40, description: 'first/next seconds instead of those of the rate: 60/1.' }),
      ),
    },
    { additionalProperties: false },
  ),
  output: CallSessionView,
  reasons: [
    'number.not_owned',
    'masking.subscriber_not_found',
    'destination.invalid',
    'destination.not_allowed',
    'destination.high_risk',
    'routing.no_route',
    'routing.no_route_available',
    'routing.vendor_not_found',
    'rating.no_rate',
    'rating.charge_rate_invalid',
    'rating.charging_block_invalid',
    'credit.insufficient',
    'credit.deduction_failed',
  ],
  creates: true,
  route: { method: 'POST', path: '/call-sessions', status: 201 },
  async run(means, { from, to, reference = '', chargingBlock }) {
    const { caller, read, clock, nextId, router, trunks } = means
    const now = clock.nowMs()
    const asked = chargingBlock === undefined ? undefined : readChargingBlock(chargingBlock)
    if (chargingBlock !== undefined && !asked) refuse('rating.charging_block_invalid', { value: chargingBlock })
    const masked = await maskedBy(read, caller, from, to, now)
    const called = await calledNumber(read, caller, masked?.other ?? to)
    const shownFrom = masked?.number ?? (await callerNumber(read, caller, from, now))
    const routes = await routesNow(
      { router, trunk: (id) => trunks.get(id) },
      { account: caller.account, from: shownFrom, to: called },
    )
    const sold = await sellRate(read, caller, called, now)
    const offers = await offersFor(read, routes, called, caller.account.settings.currency)
    if (offers.length === 0) refuse('rating.no_rate', { ...(!('none' in sold) && { kind: 'route' }), destination: called })
    if ('none' in sold) refuse('rating.no_rate', { kind: sold.none, destination: called })
    const rate = { ...sold.rate, ...asked }
    const payer = await readPayer(read, caller.account.id)
    const row: CallSessionRow = {
      id: nextId(),
      account_id: caller.account.id,
      face: caller.face,
      caller: shownFrom,
      called,
      client_ref: reference,
      state: 'offered',
      routes: JSON.stringify(offers),
      route_id: null,
      carrier_id: null,
      payer_id: payer?.account_id ?? null,
      rate_micro: rate.priceMicro,
      rate_per: rate.per,
      charging_block: `${rate.first}/${rate.next}`,
      held_micro: payer ? amountInBlocks(rate, rate.first) : 0,
      price_micro: 0,
      cost_micro: 0,
      currency: sold.currency,
      sip_status: null,
      duration_seconds: null,
      note: '',
      created_ms: now,
      alerted_ms: null,
      connected_ms: null,
      ended_ms: null,
      closed_ms: null,
      updated_ms: now,
    }
    return shown(means, await means.write(createCallSession, { row, actor: actorOf(caller) }))
  },
  shown,
})
