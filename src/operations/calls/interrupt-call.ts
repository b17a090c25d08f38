import Type from 'typebox'
import { refuse } from '#reasons/refusal.ts'
import { readCall } from '#store/calls.ts'
import { ScriptRun } from '#voice/run-script.ts'
import { Id, Method, Optional, WebUrl } from '../fields.ts'
import { operation } from '../operation.ts'
import { callView, CallView } from './call-view.ts'

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
  reasons: ['call.record_not_found', 'call.not_found', 'call.state_invalid'],
  route: { method: 'POST', path: '/calls/{id}/interrupt' },
  async run({ voice, read, caller }, { id, url, method = 'POST' }) {
    const { calls, changes } = voice
    const call = calls?.find(id)
    if (!call || !changes || call.over || call.account.id !== caller.account.id) {
      if (!(await readCall(read, caller.account.id, id))) refuse('call.record_not_found', {})
      return refuse('call.not_found', {})
    }
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
