// Engine operations (reference section 9.2): calls that a switch elsewhere walks through the vendor's steps, asking for routes and charging
// here. Ids of routes are the operator's; the record of such a call stands with those of the calls that are switched here.

import Type from 'typebox'
import { openCallSessionOperation } from '#operations/call-sessions/open-session.ts'
import type { CallSessionShown } from '#operations/call-sessions/session-view.ts'
import {
  alertCallSessionOperation,
  confirmRouteOperation,
  connectCallSessionOperation,
  endCallSessionOperation,
} from '#operations/call-sessions/step-session.ts'
import { Optional } from '#operations/fields.ts'
import { refuse } from '#reasons/refusal.ts'
import { given, route, type Body, type Call } from './call.ts'
import { decimalOf, digitsOf, gmtOf, localTime, plainNumber, readLocalTime } from './formats.ts'

const states = { offered: 'SETUP', routed: 'ROUTE', alerting: 'ALERT', connected: 'CONNECT', ended: 'DISCONNECT' } as const

export function sessionBody({ ids, caller: { account }, nowMs }: Call, session: CallSessionShown): Body {
  const time = (ms: number | null): string => (ms === null ? '' : localTime(account, ms))
  const { routeId, reference } = session
  return {
    session_id: ids.show('callSession', session.id),
    ...(reference !== '' && { reference_id: reference }),
    call_status: states[session.state],
    calling_party: plainNumber(session.from),
    called_party: plainNumber(session.to),
    routes: session.routes.map((id) => ({ route_id: ids.show('route', id) })),
    ...(routeId !== null && { route_id: ids.show('route', routeId) }),
    rate: decimalOf((session.priceMicro * 60) / session.ratePer),
    charging_block: session.chargingBlock,
    currency: session.currency,
    call_setup_time: time(session.createdAt),
    call_alert_time: time(session.alertedAt),
    call_connected_time: time(session.connectedAt),
    call_disconnected_time: time(session.endedAt),
    gmt: gmtOf(account, nowMs),
  }
}

const Setup = Type.Object({
  calling_party: Type.String({ minLength: 1, maxLength: 64 }),
  called_party: Type.String({ minLength: 1, maxLength: 64 }),
  charging_block: Optional(Type.String({ maxLength: 40 })),
})

const names = { from: 'calling_party', to: 'called_party', chargingBlock: 'charging_block', reference: 'reference_id' }

const setUp = route({
  method: 'POST',
  path: '/call/v1/sessions',
  needs: [openCallSessionOperation],
  read({ body, check }) {
    check(Setup, body)
    const { reference_id: reference } = body
    return given({
      from: body['calling_party'] as string,
      to: digitsOf(body['called_party'] as string),
      chargingBlock: body['charging_block'] as string | undefined,
      reference: reference === undefined ? undefined : String(reference),
    })
  },
  perform: (call, input) => call.ask(openCallSessionOperation, input, { names }),
  write: sessionBody,
})

/** The session of the path, and the one that the body names, where it names one. Gives session.not_found, call.session_mismatch. */
function sessionIn({ ids, params, body }: Call): { id: number; sessionId?: number } {
  const id = ids.read('callSession', params['session_id']!) ?? refuse('session.not_found', {})
  const named = body['session_id']
  if (named === undefined) return { id }
  return { id, sessionId: ids.read('callSession', String(named)) ?? refuse('call.session_mismatch', {}) }
}

const Step = {
  session_id: Optional(Type.Union([Type.String({ maxLength: 64 }), Type.Integer()])),
}
const Confirm = Type.Object({ ...Step, route_id: Type.Union([Type.String({ maxLength: 64 }), Type.Integer()]) })

const confirm = route({
  method: 'POST',
  path: '/call/v1/sessions/:session_id/route',
  needs: [confirmRouteOperation],
  read: ({ body, check }) => check(Confirm, body),
  async perform(call) {
    const session = sessionIn(call)
    // What no route is called was not offered either; whether it is its turn is looked at before.
    const routeId = call.ids.read('route', String(call.body['route_id'])) ?? 0
    return call.ask(confirmRouteOperation, { ...session, routeId })
  },
  write: sessionBody,
})

const time = Optional(Type.String({ maxLength: 40 }))

/** Ms UTC of a moment of a step. Gives request.date_invalid. */
function momentIn({ body, caller }: Call, parameter: string): number | undefined {
  const text = body[parameter] as string | undefined
  return text === undefined ? undefined : readLocalTime(caller.account, parameter, text)
}

const Alert = Type.Object({ ...Step, alert_time: time })

const alert = route({
  method: 'POST',
  path: '/call/v1/sessions/:session_id/alert',
  needs: [alertCallSessionOperation],
  read(call) {
    call.check(Alert, call.body)
    return given({ at: momentIn(call, 'alert_time') })
  },
  perform: async (call, input) => call.ask(alertCallSessionOperation, { ...sessionIn(call), ...input }),
  write: sessionBody,
})

const Connect = Type.Object({ ...Step, connect_time: time })

const connect = route({
  method: 'POST',
  path: '/call/v1/sessions/:session_id/connect',
  needs: [connectCallSessionOperation],
  read(call) {
    call.check(Connect, call.body)
    return given({ at: momentIn(call, 'connect_time') })
  },
  perform: async (call, input) => call.ask(connectCallSessionOperation, { ...sessionIn(call), ...input }),
  write: sessionBody,
})

const Disconnect = Type.Object({
  ...Step,
  disconnect_time: time,
  call_cause: Optional(Type.Integer({ minimum: 200, maximum: 699 })),
  call_duration: Optional(Type.Integer({ minimum: 0, maximum: 86_400 })),
})

const disconnect = route({
  method: 'POST',
  path: '/call/v1/sessions/:session_id/disconnect',
  needs: [endCallSessionOperation],
  read(call) {
    const { body, check } = call
    check(Disconnect, body)
    return given({
      at: momentIn(call, 'disconnect_time'),
      sipStatus: body['call_cause'],
      durationSeconds: body['call_duration'],
    })
  },
  perform: async (call, input) => call.ask(endCallSessionOperation, { ...sessionIn(call), ...input }),
  write: (call, session) => ({
    ...sessionBody(call, session),
    call_duration: session.durationSeconds ?? 0,
    charge: decimalOf(session.chargedMicro),
  }),
})

export const sessionRoutes = [setUp, confirm, alert, connect, disconnect]
