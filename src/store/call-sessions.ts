// Calls whose switching stands elsewhere: which routes were offered, which was taken, when it rang and was answered, what it came to. Each step
// is a condition on the row, and steps that come out of turn change nothing and say why.
//
//   offered --> routed --> alerting --> connected --> ended --> its record closed
//                  '----------'------------'------------^

import { count } from './counters.ts'
import { holdCredit, readBalance, releaseCredit, settleCredit, shortOf, type CreditShort } from './credit.ts'
import { happened, type Actor } from './happenings.ts'
import { atLeast, below, equal, listOf } from './list.ts'
import { bind, statement } from './statement.ts'
import { defineWrite, type Reader, type Transaction } from './store.ts'
import type { Row } from './schema.ts'
import { amountInBlocks, readChargingBlock, type BlockRate } from '#values/charging-block.ts'

export type CallSessionRow = Row<'call_sessions'>

/** A route as it was offered; `cost` is what its carrier takes. */
export interface OfferedRoute {
  readonly routeId: number
  readonly carrierId: number
  readonly cost: BlockRate & { readonly currency: string }
}

const columns = [
  'id',
  'account_id',
  'face',
  'caller',
  'called',
  'client_ref',
  'state',
  'routes',
  'route_id',
  'carrier_id',
  'payer_id',
  'rate_micro',
  'rate_per',
  'charging_block',
  'held_micro',
  'price_micro',
  'cost_micro',
  'currency',
  'sip_status',
  'duration_seconds',
  'note',
  'created_ms',
  'alerted_ms',
  'connected_ms',
  'ended_ms',
  'closed_ms',
  'updated_ms',
] as const satisfies readonly (keyof CallSessionRow)[]

const byId = statement<{ account: number; id: number }, CallSessionRow>((db) =>
  db.selectFrom('call_sessions').selectAll().where('id', '=', bind('id')).where('account_id', '=', bind('account')),
)

const locked = statement<{ account: number; id: number }, CallSessionRow>((db, engine) => {
  const row = db.selectFrom('call_sessions').selectAll().where('id', '=', bind('id')).where('account_id', '=', bind('account'))
  return engine === 'postgres' ? row.forUpdate() : row
})

export const readCallSession = (reader: Pick<Reader, 'one'>, account: number, id: number) => reader.one(byId, { account, id })

export const listCallSessions = listOf('call_sessions', 'account_id', {
  since: atLeast('created_ms'),
  until: below('created_ms'),
  state: equal('state'),
})

const insert = statement<CallSessionRow>((db) =>
  db.insertInto('call_sessions').values(Object.fromEntries(columns.map((name) => [name, bind(name)])) as never),
)

const replace = statement<CallSessionRow>((db) =>
  db
    .updateTable('call_sessions')
    .set(Object.fromEntries(columns.filter((name) => name !== 'id').map((name) => [name, bind(name)])) as never)
    .where('id', '=', bind('id')),
)

/** `row` is null where the balance does not bear its first block. */
export const createCallSession = defineWrite(
  'call_sessions.create',
  async (
    tx,
    { row, actor }: { readonly row: CallSessionRow; readonly actor: Actor },
  ): Promise<{ row: CallSessionRow } | { row: null; short: CreditShort }> => {
    const { payer_id: payer, held_micro: held, currency, created_ms: now, account_id: account } = row
    if (payer !== null && held > 0 && !(await holdCredit(tx, payer, held, now))) {
      const short = shortOf(await readBalance(tx, payer), held, currency)
      return { row: null, short: short ?? { why: 'short', requiredMicro: held, balanceMicro: 0, currency } }
    }
    await tx.run(insert, row)
    await told(tx, row, 'created', actor, { caller: row.caller, called: row.called }, now)
    await count(tx, account, 'call_sessions', 1)
    return { row }
  },
)

const told = (tx: Transaction, row: CallSessionRow, kind: string, actor: Actor, data: object, atMs: number) =>
  happened(tx, { accountId: row.account_id, noun: 'call_sessions', nounId: row.id, kind, actor, data, atMs })

/** Why a step changed nothing. */
export type OutOfTurn = 'unknown' | 'ended' | 'routed' | 'not_routed' | 'not_offered' | 'connected' | 'not_connected' | 'timing'

export type SessionStep =
  | { readonly to: 'routed'; readonly routeId: number }
  | { readonly to: 'alerting'; readonly atMs: number }
  | { readonly to: 'connected'; readonly atMs: number }
  | {
      readonly to: 'ended'
      readonly atMs: number
      readonly sipStatus: number | null
      /** As the switch counted; undefined: between the two moments. */
      readonly seconds?: number | undefined
    }

export interface TakenStep {
  readonly id: number
  readonly account: number
  readonly step: SessionStep
  readonly actor: Actor
  readonly now: number
}

export type StepTaken = { readonly row: CallSessionRow } | { readonly row: null; readonly why: OutOfTurn }

const not = (why: OutOfTurn): StepTaken => ({ row: null, why })

/** The next step of one session, if it is its turn. */
export const stepCallSession = defineWrite('call_sessions.step', async (tx, input: TakenStep): Promise<StepTaken> => {
  const { id, account, step, actor, now } = input
  const row = await tx.one(locked, { account, id })
  if (!row) return not('unknown')
  if (row.ended_ms !== null) return not('ended')
  const next = nextOf(row, step)
  if (typeof next === 'string') return not(next)
  const written = { ...(step.to === 'ended' ? await settle(tx, next, now) : next), updated_ms: now }
  await tx.run(replace, written)
  const { route_id: routeId, price_micro: priceMicro, duration_seconds: seconds } = written
  await told(tx, written, step.to, actor, step.to === 'ended' ? { priceMicro, seconds } : { routeId }, now)
  return { row: written }
})

/** Moments come in whole seconds. */
const second = (ms: number): number => Math.floor(ms / 1000)

function nextOf(row: CallSessionRow, step: SessionStep): CallSessionRow | OutOfTurn {
  switch (step.to) {
    case 'routed': {
      if (row.route_id !== null) return 'routed'
      const route = (JSON.parse(row.routes) as OfferedRoute[]).find(({ routeId }) => routeId === step.routeId)
      return route ? { ...row, state: 'routed', route_id: route.routeId, carrier_id: route.carrierId } : 'not_offered'
    }
    case 'alerting': {
      if (row.route_id === null) return 'not_routed'
      const isBefore = second(step.atMs) < second(row.created_ms)
      const isAfter = row.connected_ms !== null && second(step.atMs) > second(row.connected_ms)
      if (isBefore || isAfter) return 'timing'
      return { ...row, state: row.connected_ms === null ? 'alerting' : row.state, alerted_ms: step.atMs }
    }
    case 'connected':
      if (row.route_id === null) return 'not_routed'
      if (row.connected_ms !== null) return 'connected'
      if (second(step.atMs) < second(row.alerted_ms ?? row.created_ms)) return 'timing'
      return { ...row, state: 'connected', connected_ms: step.atMs }
    case 'ended': {
      if (row.connected_ms === null && (step.seconds ?? 0) > 0) return 'not_connected'
      const counted = row.connected_ms === null ? 0 : Math.max(0, Math.ceil((step.atMs - row.connected_ms) / 1000))
      const seconds = step.seconds ?? counted
      return { ...row, state: 'ended', ended_ms: step.atMs, sip_status: step.sipStatus, duration_seconds: seconds }
    }
  }
}

/** Charges what it came to: what is held, and the rest where the balance bears it; never more. */
async function settle(tx: Transaction, row: CallSessionRow, now: number): Promise<CallSessionRow> {
  const { id, account_id: account, payer_id: payer, held_micro: held, currency, duration_seconds: seconds } = row
  const isCharged = row.connected_ms !== null
  const whole = isCharged ? amountInBlocks(rateOf(row), seconds!) : 0
  const rest = whole - held
  const bears = payer === null || rest <= 0 || (await holdCredit(tx, payer, rest, now))
  const price = bears ? whole : held
  const item = { noun: 'call_sessions', nounId: id, payer, account, currency, service: 'call', units: seconds! }
  if (isCharged) await settleCredit(tx, [{ ...item, amountMicro: price }], now)
  if (payer !== null && held > price) await releaseCredit(tx, [{ ...item, amountMicro: held - price }], now)
  const taken = (JSON.parse(row.routes) as OfferedRoute[]).find(({ routeId }) => routeId === row.route_id)
  const cost = isCharged && taken ? amountInBlocks(taken.cost, seconds!) : 0
  return { ...row, held_micro: 0, price_micro: price, cost_micro: cost }
}

const rateOf = ({ rate_micro: priceMicro, rate_per: per, charging_block: block }: CallSessionRow): BlockRate => ({
  priceMicro,
  per,
  ...readChargingBlock(block)!,
})

export interface RecordChange {
  readonly id: number
  readonly account: number
  readonly sipStatus?: number | undefined
  readonly note?: string | undefined
  readonly close: boolean
  readonly actor: Actor
  readonly now: number
}

export type RecordChanged =
  | { readonly row: CallSessionRow }
  | { readonly row: null; readonly why: 'unknown' | 'closed' | 'running' }

/** `running`: the record of a call that is up cannot be closed. */
export const changeSessionRecord = defineWrite(
  'call_sessions.change_record',
  async (tx, input: RecordChange): Promise<RecordChanged> => {
    const { id, account, sipStatus, note, close, actor, now } = input
    const row = await tx.one(locked, { account, id })
    if (!row) return { row: null, why: 'unknown' }
    if (row.closed_ms !== null) return { row: null, why: 'closed' }
    if (close && row.ended_ms === null) return { row: null, why: 'running' }
    const written: CallSessionRow = {
      ...row,
      sip_status: sipStatus ?? row.sip_status,
      note: note ?? row.note,
      closed_ms: close ? now : null,
      updated_ms: now,
    }
    await tx.run(replace, written)
    await told(tx, written, close ? 'record_closed' : 'record_changed', actor, {}, now)
    return { row: written }
  },
)

const lost = statement<{ before: number; limit: number }, CallSessionRow>((db) =>
  db
    .selectFrom('call_sessions')
    .selectAll()
    .where('ended_ms', 'is', null)
    .where('created_ms', '<', bind('before'))
    .orderBy('created_ms')
    .limit(bind('limit')),
)

/** Ends sessions of which nothing more was heard, as not answered from then on: what they hold is given back. Gives how many. */
export const endLostSessions = defineWrite(
  'call_sessions.end_lost',
  async (tx, { beforeMs, limit, now }: { beforeMs: number; limit: number; now: number }): Promise<number> => {
    const rows = await tx.all(lost, { before: beforeMs, limit })
    for (const row of rows) {
      const ended: CallSessionRow = { ...row, state: 'ended', ended_ms: now, duration_seconds: 0, sip_status: null }
      const written = {
        ...(await settle(tx, { ...ended, connected_ms: null }, now)),
        connected_ms: row.connected_ms,
        updated_ms: now,
      }
      await tx.run(replace, written)
      await told(tx, written, 'ended', { face: 'platform' }, { priceMicro: 0, seconds: 0, lost: true }, now)
    }
    return rows.length
  },
)
