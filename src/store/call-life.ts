// What happens to a call, as writes. Each change is a condition on the row: a call that has ended stays as it is, whoever comes late, so
// every call comes to one end. Steps come in batches, many calls a write, and each leaves its line in the log.
//
//   queued --> ringing --> answered --> completed
//      '----------'------------'------> busy | no_answer | failed | canceled

import { insertCall, type CallRow } from './calls.ts'
import { count } from './counters.ts'
import { holdCredit, readBalance, releaseCredit, settleCredit, shortOf, type CreditItem, type CreditShort } from './credit.ts'
import { happened, type Actor } from './happenings.ts'
import { errorIdOf } from './message-error-id.ts'
import { bind, statement } from './statement.ts'
import { defineWrite, type Transaction } from './store.ts'

const platform: Actor = { face: 'platform' }

export type CallStep =
  /** With `held_micro` set, so much is held with it, or there is no call. */
  | { readonly to: 'created'; readonly row: CallRow; readonly actor: Actor; readonly data?: object }
  | {
      readonly to: 'ringing' | 'answered'
      readonly id: number
      readonly account: number
      readonly carrierId: number | null
      readonly detail: string
      readonly atMs: number
    }
  /** More is held for what it will cost. */
  | {
      readonly to: 'held'
      readonly id: number
      readonly payer: number
      readonly amountMicro: number
      readonly currency: string
      readonly atMs: number
    }
  | { readonly to: 'joined'; readonly id: number; readonly conferenceId: number; readonly atMs: number }
  /** What faces keep with it. */
  | {
      readonly to: 'kept'
      readonly id: number
      readonly detail: string
      readonly applicationId: number | null
      readonly callback: string | null
      readonly atMs: number
    }
  /** A line of its timeline. */
  | { readonly to: 'noted'; readonly id: number; readonly account: number; readonly data: object; readonly atMs: number }
  /** It goes to somebody else: what was held for the one before is given back, and what this one costs is held, or nothing is changed. */
  | {
      readonly to: 'rerouted'
      readonly id: number
      readonly forwardedFrom: string
      readonly detail: string
      readonly payer: number | null
      readonly rateMicro: number
      readonly chargingBlock: string
      readonly heldMicro: number
      readonly currency: string
      readonly atMs: number
    }
  /** The row as it ended; its price is charged of what is held, and the rest is given back. */
  | { readonly to: 'ended'; readonly row: CallRow }

/** `late`: the call had ended, or is not there. */
export type StepResult = 'done' | 'late' | { readonly short: CreditShort }

const ring = statement<{ id: number; carrier: number | null; detail: string; at: number }>((db) =>
  db
    .updateTable('calls')
    .set({
      state: 'ringing',
      carrier_id: bind('carrier'),
      detail: bind('detail'),
      ringing_ms: bind('at'),
      updated_ms: bind('at'),
    })
    .where('id', '=', bind('id'))
    .where('ringing_ms', 'is', null)
    .where('ended_ms', 'is', null),
)

const answer = statement<{ id: number; carrier: number | null; detail: string; at: number }>((db) =>
  db
    .updateTable('calls')
    .set({
      state: 'answered',
      carrier_id: bind('carrier'),
      detail: bind('detail'),
      answered_ms: bind('at'),
      updated_ms: bind('at'),
    })
    .where('id', '=', bind('id'))
    .where('answered_ms', 'is', null)
    .where('ended_ms', 'is', null),
)

const holdMore = statement<{ id: number; amount: number; at: number }>((db) =>
  db
    .updateTable('calls')
    .set((set) => ({ held_micro: set('held_micro', '+', bind('amount')), updated_ms: bind('at') }))
    .where('id', '=', bind('id'))
    .where('ended_ms', 'is', null),
)

const heldFor = statement<{ id: number }, Pick<CallRow, 'account_id' | 'payer_id' | 'held_micro' | 'currency'>>((db) =>
  db
    .selectFrom('calls')
    .select(['account_id', 'payer_id', 'held_micro', 'currency'])
    .where('id', '=', bind('id'))
    .where('ended_ms', 'is', null),
)

const reroute = statement<{
  id: number
  forwarded: string
  detail: string
  payer: number | null
  rate: number
  block: string
  held: number
  currency: string
  at: number
}>((db) =>
  db
    .updateTable('calls')
    .set({
      forwarded_from: bind('forwarded'),
      detail: bind('detail'),
      payer_id: bind('payer'),
      rate_micro: bind('rate'),
      charging_block: bind('block'),
      held_micro: bind('held'),
      currency: bind('currency'),
      updated_ms: bind('at'),
    })
    .where('id', '=', bind('id'))
    .where('ended_ms', 'is', null),
)

const join = statement<{ id: number; conference: number; at: number }>((db) =>
  db
    .updateTable('calls')
    .set({ conference_id: bind('conference'), updated_ms: bind('at') })
    .where('id', '=', bind('id'))
    .where('ended_ms', 'is', null),
)

const keep = statement<{ id: number; detail: string; application: number | null; callback: string | null; at: number }>((db) =>
  db
    .updateTable('calls')
    .set({ detail: bind('detail'), application_id: bind('application'), callback: bind('callback'), updated_ms: bind('at') })
    .where('id', '=', bind('id'))
    .where('ended_ms', 'is', null),
)

const end = statement<
  {
    id: number
    state: string
    reason: string | null
    params: string | null
    cause: string | null
    errorId: string | null
    sip: number | null
    q850: number | null
    by: string | null
    price: number
    duration: number | null
    media: string | null
    detail: string
    carrier: number | null
    at: number
  },
  Pick<CallRow, 'account_id' | 'direction' | 'payer_id' | 'held_micro' | 'price_micro' | 'currency' | 'answered_ms'>
>((db) =>
  db
    .updateTable('calls')
    .set((set) => ({
      state: bind('state'),
      reason: bind('reason'),
      params: bind('params'),
      cause: bind('cause'),
      error_id: bind('errorId'),
      sip_status: bind('sip'),
      q850: bind('q850'),
      ended_by: bind('by'),
      price_micro: bind('price'),
      duration_ms: bind('duration'),
      media: bind('media'),
      detail: bind('detail'),
      carrier_id: bind('carrier'),
      ended_ms: bind('at'),
      updated_ms: bind('at'),
      held_micro: set('held_micro', '+', 0),
    }))
    .where('id', '=', bind('id'))
    .where('ended_ms', 'is', null)
    .returning(['account_id', 'direction', 'payer_id', 'held_micro', 'price_micro', 'currency', 'answered_ms']),
)

const setMoney = statement<{ id: number; price: number }>((db) =>
  db
    .updateTable('calls')
    .set({ price_micro: bind('price'), held_micro: 0 })
    .where('id', '=', bind('id')),
)

/** What a batch charges and gives back, in one go at its end. */
interface Money {
  readonly charged: CreditItem[]
  readonly released: CreditItem[]
}

/** Many calls' next step in one commit, in their order. */
export const settleCalls = defineWrite(
  'calls.settle',
  async (tx, { steps }: { readonly steps: readonly CallStep[] }): Promise<StepResult[]> => {
    const results: StepResult[] = []
    const money: Money = { charged: [], released: [] }
    const created = new Map<number, number>()
    let nowMs = 0
    for (const step of steps) {
      nowMs = Math.max(nowMs, atOf(step))
      const result = await takeStep(tx, step, money)
      results.push(result)
      if (step.to === 'created' && result === 'done')
        created.set(step.row.account_id, (created.get(step.row.account_id) ?? 0) + 1)
    }
    for (const [account, n] of [...created].toSorted(([a], [b]) => a - b)) await count(tx, account, 'calls', n)
    if (money.charged.length > 0) await settleCredit(tx, money.charged, nowMs)
    if (money.released.length > 0) await releaseCredit(tx, money.released, nowMs)
    return results
  },
)

const atOf = (step: CallStep): number =>
  step.to === 'created' ? step.row.created_ms : step.to === 'ended' ? (step.row.ended_ms ?? 0) : step.atMs

async function takeStep(tx: Transaction, step: CallStep, money: Money): Promise<StepResult> {
  switch (step.to) {
    case 'created':
      return create(tx, step)
    case 'ringing':
    case 'answered': {
      const { to, id, account, carrierId, detail, atMs } = step
      if ((await tx.run(to === 'ringing' ? ring : answer, { id, carrier: carrierId, detail, at: atMs })) === 0) return 'late'
      await told(tx, account, id, to, {}, atMs)
      return 'done'
    }
    case 'held':
      return hold(tx, step)
    case 'joined':
      return done(await tx.run(join, { id: step.id, conference: step.conferenceId, at: step.atMs }))
    case 'kept': {
      const { id, detail, applicationId: application, callback, atMs: at } = step
      return done(await tx.run(keep, { id, detail, application, callback, at }))
    }
    case 'rerouted':
      return rerouted(tx, step, money)
    case 'noted':
      await told(tx, step.account, step.id, 'noted', step.data, step.atMs)
      return 'done'
    case 'ended':
      return close(tx, step.row, money)
  }
}

const done = (changed: number): StepResult => (changed === 0 ? 'late' : 'done')

const told = (tx: Transaction, accountId: number, nounId: number, kind: string, data: object, atMs: number, actor = platform) =>
  happened(tx, { accountId, noun: 'calls', nounId, kind, actor, data, atMs })

async function create(tx: Transaction, { row, actor, data = {} }: Extract<CallStep, { to: 'created' }>): Promise<StepResult> {
  const { payer_id: payer, held_micro: held, currency, created_ms: now } = row
  if (payer !== null && held > 0 && !(await holdCredit(tx, payer, held, now))) return shortBy(tx, payer, held, currency)
  await tx.run(insertCall, row)
  await told(tx, row.account_id, row.id, 'created', { state: row.state, direction: row.direction, ...data }, now, actor)
  return 'done'
}

async function shortBy(tx: Transaction, payer: number, amount: number, currency: string): Promise<StepResult> {
  const short = shortOf(await readBalance(tx, payer), amount, currency)
  return { short: short ?? { why: 'short', requiredMicro: amount, balanceMicro: 0, currency } }
}

async function hold(tx: Transaction, step: Extract<CallStep, { to: 'held' }>): Promise<StepResult> {
  const { id, payer, amountMicro, currency, atMs } = step
  if (!(await holdCredit(tx, payer, amountMicro, atMs))) return shortBy(tx, payer, amountMicro, currency)
  if ((await tx.run(holdMore, { id, amount: amountMicro, at: atMs })) > 0) return 'done'
  await releaseCredit(
    tx,
    [{ noun: 'calls', nounId: id, payer, account: payer, amountMicro, currency, service: 'call', units: 0 }],
    atMs,
  )
  return 'late'
}

async function rerouted(tx: Transaction, step: Extract<CallStep, { to: 'rerouted' }>, { released }: Money): Promise<StepResult> {
  const {
    id,
    forwardedFrom: forwarded,
    detail,
    payer,
    rateMicro: rate,
    chargingBlock: block,
    heldMicro,
    currency,
    atMs: at,
  } = step
  const was = await tx.one(heldFor, { id })
  if (!was) return 'late'
  const held = payer === null ? 0 : heldMicro
  if (payer !== null && held > 0 && !(await holdCredit(tx, payer, held, at))) return shortBy(tx, payer, held, currency)
  await tx.run(reroute, { id, forwarded, detail, payer, rate, block, held, currency, at })
  if (was.payer_id !== null && was.held_micro > 0) {
    const before = { payer: was.payer_id, account: was.account_id, amountMicro: was.held_micro, currency: was.currency }
    released.push({ noun: 'calls', nounId: id, service: 'call', units: 0, ...before })
  }
  return 'done'
}

async function close(tx: Transaction, row: CallRow, { charged, released }: Money): Promise<StepResult> {
  const at = row.ended_ms!
  const was = await tx.one(end, {
    id: row.id,
    state: row.state,
    reason: row.reason,
    params: row.params,
    cause: row.cause,
    errorId: row.error_id,
    sip: row.sip_status,
    q850: row.q850,
    by: row.ended_by,
    price: row.price_micro,
    duration: row.duration_ms,
    media: row.media,
    detail: row.detail,
    carrier: row.carrier_id,
    at,
  })
  if (!was) return 'late'
  const { account_id: account, payer_id: payer, held_micro: held, currency } = was
  // Never more than is held: what was not, was not to be talked away.
  const price = payer === null ? row.price_micro : Math.min(row.price_micro, held)
  const seconds = Math.ceil((row.duration_ms ?? 0) / 1000)
  const item = {
    noun: 'calls',
    nounId: row.id,
    payer,
    account,
    currency,
    service: 'call',
    direction: was.direction as 'in' | 'out',
    units: seconds,
  }
  if (was.answered_ms !== null) charged.push({ ...item, amountMicro: price })
  if (payer !== null && held > price) released.push({ ...item, amountMicro: held - price })
  if (held > 0 || price !== row.price_micro) await tx.run(setMoney, { id: row.id, price })
  const { state, reason, params, cause, error_id: errorId, ended_by: by, duration_ms: durationMs } = row
  await told(tx, account, row.id, 'ended', { state, reason, params, cause, errorId, by, durationMs }, at)
  return 'done'
}

export interface NewCall {
  readonly row: CallRow
  readonly actor: Actor
}

/** For requests: one call, before it is placed. `row` is null where the balance does not bear it. */
export const createCall = defineWrite(
  'calls.create',
  async (tx, { row, actor }: NewCall): Promise<{ row: CallRow } | { row: null; short: CreditShort }> => {
    const made = await create(tx, { to: 'created', row, actor })
    if (typeof made === 'object') return { row: null, short: made.short }
    await count(tx, row.account_id, 'calls', 1)
    return { row }
  },
)

/** The error id of a call that came to no good end: worked out, so that a write which is repeated says the same. */
export const callErrorId = (id: number): string => errorIdOf(id)
