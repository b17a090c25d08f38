// Call detail records (reference section 9.1): those of calls that are switched here, and of those that a switch elsewhere walks through the
// engine's steps. The former close with their call; the latter when they are closed.

import Type from 'typebox'
import { changeSessionRecordOperation, readCallSessionOperation } from '#operations/call-sessions/session-records.ts'
import type { CallSessionShown } from '#operations/call-sessions/session-view.ts'
import { OneOf, Optional } from '#operations/fields.ts'
import { Refusal, refuse } from '#reasons/refusal.ts'
import { given, route, type Body, type Call } from './call.ts'
import { decimalOf, gmtOf, localTime, plainNumber } from './formats.ts'

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
  needs: [readCallSessionOperation],
  read: () => undefined,
  async perform(call) {
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
    const id = sessionIn(call) ?? refuse('call.record_not_found', {})
    return sessionRecordBody(call, await call.ask(changeSessionRecordOperation, { id, ...input }))
  },
  write: (_, body) => body,
})

export const recordRoutes = [read, change]
