import Type from 'typebox'
import { refuse } from '#reasons/refusal.ts'
import { readCall, readSession } from '#store/calls.ts'
import { Id } from '../fields.ts'
import { operation } from '../operation.ts'
import { callView, CallView } from './call-view.ts'

export const readCallOperation = operation({
  name: 'calls.read',
  summary: 'Read a call',
  permission: 'calls.read',
  input: Type.Object({ id: Id('call') }, { additionalProperties: false }),
  output: CallView,
  reasons: ['call.record_not_found'],
  route: { method: 'GET', path: '/calls/{id}' },
  async run({ read, caller, voice }, { id }) {
    // What is written of a call that is up may be a moment behind.
    const live = voice.calls?.find(id)
    if (live?.account.id === caller.account.id) return callView(live.row)
    return callView((await readCall(read, caller.account.id, id)) ?? refuse('call.record_not_found', {}))
  },
})

/** The first leg first. */
export const readCallLegsOperation = operation({
  name: 'calls.read_legs',
  summary: "Read the legs of a call's session",
  permission: 'calls.read',
  input: Type.Object({ id: Id('call') }, { additionalProperties: false }),
  output: Type.Object({ items: Type.Array(CallView) }),
  reasons: ['call.record_not_found'],
  route: { method: 'GET', path: '/calls/{id}/legs' },
  async run({ read, caller }, { id }) {
    const account = caller.account.id
    const row = await readCall(read, account, id)
    if (!row) return refuse('call.record_not_found', {})
    const legs = await readSession(read, row.session_id)
    return { items: legs.filter((leg) => leg.account_id === account).map(callView) }
  },
})
