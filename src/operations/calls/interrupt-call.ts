import Type from 'typebox'
import { refuse } from '#reasons/refusal.ts'
import { ScriptRun } from '#voice/run-script.ts'
import { Id, Method, Optional, WebUrl } from '../fields.ts'
import { operation, otherNodeReasons } from '../operation.ts'
import { callView, CallView } from './call-view.ts'
import { liveCall, nodeOfCall } from './change-calls.ts'

/** Its script goes on elsewhere, with all that it keeps; without a page, the call ends. */
export const interruptCallOperation = operation({
  name: 'calls.interrupt',
  summary: 'Stop what the script of a call does now',
  permission: 'calls.write',
  input: Type.Object(
    {
      id: Id('call'),
      url: Optional(WebUrl('Asked next, instead of what would have come; without it the call ends.')),
      method: Optional(Method('How it is asked; POST unless told.')),
    },
    { additionalProperties: false },
  ),
  output: Type.Object({
    call: CallView,
    doing: Type.Union([Type.String(), Type.Null()], {
      description: 'What was stopped, as its author calls it; null: nothing yet.',
    }),
  }),
  reasons: ['call.record_not_found', 'call.not_found', 'call.on_other_node', 'call.state_invalid', ...otherNodeReasons],
  route: { method: 'POST', path: '/calls/{id}/interrupt' },
  runsOn: nodeOfCall,
  async run(means, { id, url, method = 'POST' }) {
    const { call, changes } = await liveCall(means, id)
    const { running } = call
    if (!(running instanceof ScriptRun)) return refuse('call.state_invalid', { state: call.state, operation: 'interrupt' })
    const { doing, form, memory } = running
    if (url === undefined) changes.hangUp(call)
    else if (doing === undefined) {
      // Its next page is being asked just now: that one's answer does not count any more.
      changes.redirect(call, { face: form.face, page: { url, method }, memory, occasion: { type: 'interrupted' } })
    } else changes.interrupt(call, { url, method })
    return { call: callView(call.row), doing: doing ?? null }
  },
})
