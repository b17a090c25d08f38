// Call detail records (reference section 9.1): those of calls that are switched here, and of those that a switch elsewhere walks through the
// engine's steps. The former close with their call; the latter when they are closed.

import Type, { type Static } from 'typebox'
import { changeSessionRecordOperation, readCallSessionOperation } from '#operations/call-sessions/session-records.ts'
import type { CallSessionShown } from '#operations/call-sessions/session-view.ts'
import type { CallView } from '#operations/calls/call-view.ts'
import { listCallsOperation } from '#operations/calls/list-calls.ts'
import { readCallOperation } from '#operations/calls/read-call.ts'
import { OneOf, Optional } from '#operations/fields.ts'
import { Refusal, refuse } from '#reasons/refusal.ts'
import { given, route, type Body, type Call } from './call.ts'
import { causeOf } from './call-events.ts'
import { partyText } from './call-fields.ts'
import { decimalOf, gmtOf, localTime, plainNumber, readLocalTime } from './formats.ts'
import { pageAsked, totalOf } from './paging.ts'

export type CallShown = Static<typeof CallView>

function sessionRecordBody({ ids, caller: { account }, nowMs }: Call, session: CallSessionShown): Body {
  const time = (ms: number | null): string => (ms === null ? '' : localTime(account, ms))
  return {
    session_id: ids.show('callSession', session.id),
    ...(session.reference !== '' && { reference_id: session.reference }),
    calling_party: plainNumber(session.from),
    called_party: plainNumber(session.to),
    direction: 1,
    call_setup_time: time(session.createdAt),
    call_alert_time: time(session.alertedAt),
    call_connected_time: time(session.connectedAt),
    call_disconnected_time: time(session.endedAt),
    gmt: gmtOf(account, nowMs),
    call_connected: session.connectedAt === null ? 0 : 1,
    call_duration: session.durationSeconds ?? 0,
    call_cause: session.sipStatus ?? (session.connectedAt !== null && session.endedAt !== null ? 200 : ''),
    charge: decimalOf(session.chargedMicro),
    currency: session.currency,
    remark: session.note,
    state: session.record,
  }
}

/** A leg of a call session; that which began it has channel 0. */
function callRecordBody({ ids, caller: { account }, nowMs }: Call, call: CallShown): Body {
  const time = (ms: number | null): string => (ms === null ? '' : localTime(account, ms))
  const { reference, final, reason, sipStatus, answeredAt: answeredMs } = call
  return {
    session_id: ids.show('call', call.sessionId),
    channel: call.id === call.sessionId ? 0 : 1,
    ...(reference !== '' && { reference_id: reference }),
    calling_party: partyText(call.from),
    called_party: partyText(call.to),
    direction: call.direction === 'in' ? 0 : 1,
    call_setup_time: time(call.createdAt),
    call_alert_time: time(call.ringingAt),
    call_connected_time: time(answeredMs),
    call_disconnected_time: time(call.endedAt),
    gmt: gmtOf(account, nowMs),
    call_connected: answeredMs === null ? 0 : 1,
    call_duration: Math.round((call.durationMs ?? 0) / 1000),
    call_cause: final ? causeOf({ reason: reason?.slug ?? null, sipStatus, answeredMs }) : '',
    charge: decimalOf(call.priceMicro),
    currency: call.currency,
    state: final ? 'closed' : 'open',
  }
}

/** Undefined for what is no call that is switched here. */
async function callOf(call: Call): Promise<CallShown | undefined> {
  const id = call.ids.read('call', call.params['session_id']!)
  if (id === undefined) return undefined
  try {
    return (await call.ask(readCallOperation, { id })) as CallShown
  } catch (error) {
    if (error instanceof Refusal && error.reason === 'call.record_not_found') return undefined
    throw error
  }
}

/** What is not there under an id is told as a record that is not there. */
async function found<T>(asked: Promise<T>): Promise<T> {
  try {
    return await asked
  } catch (error) {
    if (error instanceof Refusal && error.reason === 'session.not_found') refuse('call.record_not_found', {})
    throw error
  }
}

const sessionIn = ({ ids, params }: Call): number | undefined => ids.read('callSession', params['session_id']!)

const read = route({
  method: 'GET',
  path: '/call/v1/cdrs/:session_id',
  needs: [readCallOperation, readCallSessionOperation],
  read: () => undefined,
  async perform(call) {
    const own = await callOf(call)
    if (own) return callRecordBody(call, own)
    const id = sessionIn(call) ?? refuse('call.record_not_found', {})
    return sessionRecordBody(call, await found(call.ask(readCallSessionOperation, { id })))
  },
  write: (_, body) => body,
})

const Change = Type.Object({
  call_cause: Optional(Type.Integer({ minimum: 200, maximum: 699 })),
  remark: Optional(Type.String({ maxLength: 500 })),
  state: Optional(OneOf(['open', 'closed'], 'closed: it stays as it is.')),
})

const change = route({
  method: 'PUT',
  path: '/call/v1/cdrs/:session_id',
  needs: [changeSessionRecordOperation],
  read({ body, check }) {
    check(Change, body)
    return given({ sipStatus: body['call_cause'], note: body['remark'], close: body['state'] === 'closed' })
  },
  async perform(call, input) {
    const own = await callOf(call)
    // It closes with its call, and nobody else has a say in it.
    if (own?.final) refuse('call.record_closed', {})
    if (own) refuse('call.state_invalid', { state: own.state, operation: 'change its record' })
    const id = sessionIn(call) ?? refuse('call.record_not_found', {})
    return sessionRecordBody(call, await call.ask(changeSessionRecordOperation, { id, ...input }))
  },
  write: (_, body) => body,
})

const list = route({
  method: 'GET',
  path: '/call/v1/cdrs',
  needs: [listCallsOperation],
  read({ query, caller }) {
    const since = query['from'] === undefined ? undefined : readLocalTime(caller.account, 'from', String(query['from']))
    const until = query['to'] === undefined ? undefined : readLocalTime(caller.account, 'to', String(query['to']))
    return { asked: pageAsked(query), span: given({ since, until }) }
  },
  perform: async (call, { asked, span }) => ({ asked, page: await call.ask(listCallsOperation, { ...asked, ...span }) }),
  write: (call, { asked, page }) => ({
    cdrs: (page.items as CallShown[]).map((one) => callRecordBody(call, one)),
    ...totalOf(page, asked),
  }),
})

export const recordRoutes = [read, change, list]
