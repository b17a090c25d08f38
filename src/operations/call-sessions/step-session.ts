// The steps of a call that is switched elsewhere, each in its turn: a route is taken, it rings, it is answered, it is over.

import Type from 'typebox'
import { actorOf } from '#accounts/caller.ts'
import { refuse } from '#reasons/refusal.ts'
import { stepCallSession, type SessionStep } from '#store/call-sessions.ts'
import { Id, Moment, Optional } from '../fields.ts'
import { operation, type Means } from '../operation.ts'
import { CallSessionView, stepReasons, taken } from './session-view.ts'

const which = {
  id: Id('callSession'),
  sessionId: Optional(Id('callSession', 'The session that the switch means: it must be the same.')),
}
const at = Optional(Moment('When; now unless told.'))

async function step(means: Means, { id, sessionId }: { id: number; sessionId?: number }, next: SessionStep) {
  const { caller, clock } = means
  if (sessionId !== undefined && sessionId !== id) refuse('call.session_mismatch', {})
  const input = { id, account: caller.account.id, step: next, actor: actorOf(caller), now: clock.nowMs() }
  return taken(await means.write(stepCallSession, input))
}

const common = { permission: 'calls.write', output: CallSessionView, reasons: stepReasons } as const

export const confirmRouteOperation = operation({
  ...common,
  name: 'call_sessions.confirm_route',
  summary: 'Say which of the offered routes is taken',
  input: Type.Object({ ...which, routeId: Id('route') }, { additionalProperties: false }),
  route: { method: 'POST', path: '/call-sessions/{id}/route' },
  run: (means, { routeId, ...input }) => step(means, input, { to: 'routed', routeId }),
})

export const alertCallSessionOperation = operation({
  ...common,
  name: 'call_sessions.alert',
  summary: 'Say that it rings',
  input: Type.Object({ ...which, at }, { additionalProperties: false }),
  route: { method: 'POST', path: '/call-sessions/{id}/alert' },
  run: (means, { at: atMs = means.clock.nowMs(), ...input }) => step(means, input, { to: 'alerting', atMs }),
})

export const connectCallSessionOperation = operation({
  ...common,
  name: 'call_sessions.connect',
  summary: 'Say that it was answered',
  input: Type.Object({ ...which, at }, { additionalProperties: false }),
  route: { method: 'POST', path: '/call-sessions/{id}/connect' },
  run: (means, { at: atMs = means.clock.nowMs(), ...input }) => step(means, input, { to: 'connected', atMs }),
})

/** Charges it: what is held, then the rest, as far as the balance bears it. */
export const endCallSessionOperation = operation({
  ...common,
  name: 'call_sessions.end',
  summary: 'Say that it is over, and have it charged',
  input: Type.Object(
    {
      ...which,
      at,
      sipStatus: Optional(Type.Integer({ minimum: 200, maximum: 699, description: 'How it ended in SIP.' })),
      durationSeconds: Optional(
        Type.Integer({ minimum: 0, maximum: 86_400, description: 'As the switch counted; from its answer on unless told.' }),
      ),
    },
    { additionalProperties: false },
  ),
  route: { method: 'POST', path: '/call-sessions/{id}/disconnect' },
  run: (means, { at: atMs = means.clock.nowMs(), sipStatus = null, durationSeconds: seconds, ...input }) =>
    step(means, input, { to: 'ended', atMs, sipStatus, seconds }),
})
