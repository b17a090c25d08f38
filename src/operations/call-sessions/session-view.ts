// A call session as the operations show it, and what its refusals are called.

import Type, { type Static } from 'typebox'
import { refuse } from '#reasons/refusal.ts'
import type { CallSessionRow, OfferedRoute, OutOfTurn, StepTaken } from '#store/call-sessions.ts'
import { Id, Moment, OneOf } from '../fields.ts'

const orNull = <T extends ReturnType<typeof Type.Integer>>(schema: T) => Type.Union([schema, Type.Null()])

export const CallSessionView = Type.Object({
  id: Id('callSession'),
  state: OneOf(['offered', 'routed', 'alerting', 'connected', 'ended'], 'How far it has come.'),
  from: Type.String({ description: "The account's number, E.164." }),
  to: Type.String(),
  reference: Type.String({ description: "The client's own id; empty for none." }),
  routes: Type.Array(Id('route'), { description: 'Those offered, the best first.' }),
  routeId: orNull(Id('route', 'The one that was taken.')),
  priceMicro: Type.Integer({ description: 'What `ratePer` seconds cost until it has ended; then what it came to.' }),
  ratePer: Type.Integer({ description: 'Seconds.' }),
  chargingBlock: Type.String({ description: 'first/next seconds, such as 60/1.' }),
  chargedMicro: Type.Integer({ description: '0 until it has ended.' }),
  currency: Type.String(),
  sipStatus: orNull(Type.Integer({ description: 'As told at its end.' })),
  durationSeconds: orNull(Type.Integer({ description: 'As told at its end, or counted from its answer.' })),
  note: Type.String(),
  record: OneOf(['open', 'closed'], 'A closed record stays as it is.'),
  createdAt: Moment('When it was set up.'),
  alertedAt: orNull(Moment('When it rang.')),
  connectedAt: orNull(Moment('When it was answered.')),
  endedAt: orNull(Moment('When it ended.')),
})

export type CallSessionShown = Static<typeof CallSessionView>

export function callSessionView(row: CallSessionRow): CallSessionShown {
  const offers = JSON.parse(row.routes) as OfferedRoute[]
  return {
    id: row.id,
    state: row.state as CallSessionShown['state'],
    from: row.caller,
    to: row.called,
    reference: row.client_ref,
    routes: offers.map(({ routeId }) => routeId),
    routeId: row.route_id,
    priceMicro: row.rate_micro,
    ratePer: row.rate_per,
    chargingBlock: row.charging_block,
    chargedMicro: row.price_micro,
    currency: row.currency,
    sipStatus: row.sip_status,
    durationSeconds: row.duration_seconds,
    note: row.note,
    record: row.closed_ms === null ? 'open' : 'closed',
    createdAt: row.created_ms,
    alertedAt: row.alerted_ms,
    connectedAt: row.connected_ms,
    endedAt: row.ended_ms,
  }
}

export const stepReasons = [
  'session.not_found',
  'session.closed',
  'call.session_mismatch',
  'routing.route_mismatch',
  'routing.route_already_confirmed',
  'routing.route_not_confirmed',
  'call.already_connected',
  'call.not_connected',
  'call.alert_timing_invalid',
] as const

/** What a step did, or why it is out of turn. */
export function taken(result: StepTaken): CallSessionShown {
  return result.row ? callSessionView(result.row) : refuseStep(result.why)
}

function refuseStep(why: OutOfTurn): never {
  switch (why) {
    case 'unknown':
      return refuse('session.not_found', {})
    case 'ended':
      return refuse('session.closed', {})
    case 'routed':
      return refuse('routing.route_already_confirmed', {})
    case 'not_routed':
      return refuse('routing.route_not_confirmed', {})
    case 'not_offered':
      return refuse('routing.route_mismatch', {})
    case 'connected':
      return refuse('call.already_connected', {})
    case 'not_connected':
      return refuse('call.not_connected', {})
    case 'timing':
      return refuse('call.alert_timing_invalid', {})
  }
}
