// A call as the operations show it.

import Type, { type Static } from 'typebox'
import type { CallRow } from '#store/calls.ts'
import { detailOfCall } from '#voice/call-view.ts'
import { Id, Moment, OneOf } from '../fields.ts'
import { ReasonView, reasonView } from '../messages/message-view.ts'

export const callStates = ['queued', 'ringing', 'answered', 'completed', 'busy', 'no_answer', 'failed', 'canceled'] as const

const Nullable = <T extends Type.TSchema>(schema: T) => Type.Union([schema, Type.Null()])

export const CallView = Type.Object({
  id: Id('call'),
  sessionId: Id('call'),
  parentId: Nullable(Id('call')),
  accountId: Id('account'),
  direction: OneOf(['out', 'in'], 'Whether it was placed or came in.'),
  origin: OneOf(['inbound', 'api', 'dial'], 'It came in, a request placed it, or a script did.'),
  from: Type.String(),
  fromName: Type.String(),
  to: Type.String(),
  forwardedFrom: Type.String({ description: 'Who sent it on; empty: nobody.' }),
  state: OneOf(callStates, 'How far it has come.'),
  final: Type.Boolean({ description: 'Whether this is its end: it will not change any more.' }),
  reason: Nullable(ReasonView),
  errorId: Nullable(Type.String()),
  sipStatus: Nullable(Type.Integer({ description: 'The final SIP status, whoever gave it.' })),
  q850: Nullable(Type.Integer({ description: 'The cause of ITU-T Q.850, where one was told.' })),
  endedBy: Nullable(OneOf(['caller', 'callee', 'platform', 'application', 'network'], 'Who ended it.')),
  numberId: Nullable(Id('number')),
  applicationId: Nullable(Id('application')),
  clientId: Nullable(Id('client')),
  conferenceId: Nullable(Id('conference')),
  userId: Nullable(Id('user', 'Who placed it, or whose number it is of.')),
  hidden: Type.Boolean({ description: 'Whether that user has deleted it from their own log.' }),
  durationMs: Nullable(Type.Integer({ description: 'Between answer and end, in ms.' })),
  priceMicro: Type.Integer({ description: 'Charged at its end, in millionths of the currency.' }),
  currency: Type.String(),
  reference: Type.String({ description: "The client's own reference." }),
  media: Nullable(
    Type.Record(Type.String(), Type.Unknown(), {
      description: 'How its sound went: packets, loss, jitter, round trip, MOS, and a verdict where something was wrong.',
    }),
  ),
  face: Type.String({ 'x-hidden': true }),
  faceData: Type.Record(Type.String(), Type.Unknown(), { 'x-hidden': true }),
  createdAt: Moment('When it came in or was placed.'),
  ringingAt: Nullable(Moment('When it first rang.')),
  answeredAt: Nullable(Moment('When it was answered.')),
  endedAt: Nullable(Moment('When it ended.')),
  updatedAt: Moment('When it last changed.'),
})

export function callView(row: CallRow): Static<typeof CallView> {
  const { faceData = {} } = detailOfCall(row)
  return {
    id: row.id,
    sessionId: row.session_id,
    parentId: row.parent_id,
    accountId: row.account_id,
    direction: row.direction as 'out' | 'in',
    origin: row.origin as 'inbound' | 'api' | 'dial',
    from: row.caller,
    fromName: row.caller_name,
    to: row.called,
    forwardedFrom: row.forwarded_from,
    state: row.state as (typeof callStates)[number],
    final: row.ended_ms !== null,
    reason: row.reason === null ? null : reasonView({ reason: row.reason, params: row.params, cause: row.cause }),
    errorId: row.error_id,
    sipStatus: row.sip_status,
    q850: row.q850,
    endedBy: row.ended_by as Static<typeof CallView>['endedBy'],
    numberId: row.number_id,
    applicationId: row.application_id,
    clientId: row.client_id,
    conferenceId: row.conference_id,
    userId: row.user_id,
    hidden: row.hidden === 1,
    durationMs: row.duration_ms,
    priceMicro: row.price_micro,
    currency: row.currency,
    reference: row.client_ref,
    media: row.media === null ? null : (JSON.parse(row.media) as Record<string, unknown>),
    face: row.face,
    faceData: { ...faceData },
    createdAt: row.created_ms,
    ringingAt: row.ringing_ms,
    answeredAt: row.answered_ms,
    endedAt: row.ended_ms,
    updatedAt: row.updated_ms,
  }
}
