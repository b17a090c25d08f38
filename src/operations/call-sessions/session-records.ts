// What is kept of a call that is switched elsewhere: reading it, and its record until that is closed.

import Type from 'typebox'
import { actorOf } from '#accounts/caller.ts'
import { refuse } from '#reasons/refusal.ts'
import { changeSessionRecord, listCallSessions, readCallSession } from '#store/call-sessions.ts'
import { counted } from '#store/counters.ts'
import { Id, Moment, Optional, Page, pageFrom, pageLimit, PageOf } from '../fields.ts'
import { operation } from '../operation.ts'
import { callSessionView, CallSessionView } from './session-view.ts'

export const readCallSessionOperation = operation({
  name: 'call_sessions.read',
  summary: 'Read a call that is switched elsewhere',
  permission: 'calls.read',
  input: Type.Object({ id: Id('callSession') }, { additionalProperties: false }),
  output: CallSessionView,
  reasons: ['session.not_found'],
  route: { method: 'GET', path: '/call-sessions/{id}' },
  run: async ({ caller, read }, { id }) =>
    callSessionView((await readCallSession(read, caller.account.id, id)) ?? refuse('session.not_found', {})),
})

export const listCallSessionsOperation = operation({
  name: 'call_sessions.list',
  summary: 'List calls that are switched elsewhere',
  permission: 'calls.read',
  input: PageOf({
    since: Optional(Moment('Set up at this moment or later.')),
    until: Optional(Moment('Set up before this moment.')),
  }),
  output: Page(CallSessionView),
  reasons: [],
  route: { method: 'GET', path: '/call-sessions' },
  async run({ caller, read }, { limit: asked, after, skip, oldestFirst, since, until }) {
    const limit = pageLimit(asked)
    const scope = caller.account.id
    const rows = await listCallSessions(read, { scope, after, skip, oldestFirst, limit: limit + 1, where: { since, until } })
    const total = since === undefined && until === undefined ? await counted(read, scope, 'call_sessions') : undefined
    return pageFrom(rows, limit, callSessionView, total)
  },
})

export const changeSessionRecordOperation = operation({
  name: 'call_sessions.change_record',
  summary: 'Correct or close the record of a call that is switched elsewhere',
  permission: 'calls.write',
  input: Type.Object(
    {
      id: Id('callSession'),
      sipStatus: Optional(Type.Integer({ minimum: 200, maximum: 699, description: 'How it ended in SIP.' })),
      note: Optional(Type.String({ maxLength: 500, description: "The client's own words." })),
      close: Optional(Type.Boolean({ description: 'It stays as it is from then on; of a call that has ended.' })),
    },
    { additionalProperties: false },
  ),
  output: CallSessionView,
  reasons: ['call.record_not_found', 'call.record_closed', 'call.state_invalid'],
  route: { method: 'PATCH', path: '/call-sessions/{id}/record' },
  async run(means, { id, sipStatus, note, close = false }) {
    const { caller, clock } = means
    const actor = actorOf(caller)
    const input = { id, account: caller.account.id, sipStatus, note, close, actor, now: clock.nowMs() }
    const changed = await means.write(changeSessionRecord, input)
    if (changed.row) return callSessionView(changed.row)
    if (changed.why === 'unknown') refuse('call.record_not_found', {})
    if (changed.why === 'closed') refuse('call.record_closed', {})
    refuse('call.state_invalid', { state: 'running', operation: 'close' })
  },
})
