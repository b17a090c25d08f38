// What is done to a call that is up: another script, hold, and its end. It is done on the node that has it.

import Type from 'typebox'
import { actorOf } from '#accounts/caller.ts'
import { refusal, refuse } from '#reasons/refusal.ts'
import { deleteCall, readCall } from '#store/calls.ts'
import type { CallChanges } from '#voice/change-call.ts'
import type { LiveCall } from '#voice/live-call.ts'
import type { Verb } from '#voice/verbs/verb.ts'
import { Done, Id, Method, Optional, WebUrl } from '../fields.ts'
import { operation, otherNodeReasons, type Means } from '../operation.ts'
import { callView, CallView } from './call-view.ts'

const how = Method('How it is asked; POST unless told.')

/** Gives call.record_not_found where there is none, call.not_found where it has ended, call.on_other_node where this one cannot ask it. */
export async function liveCall({ voice, read, caller }: Means, id: number): Promise<{ call: LiveCall; changes: CallChanges }> {
  const { calls, changes } = voice
  const call = calls?.find(id)
  if (call?.account.id === caller.account.id && !call.over && changes) return { call, changes }
  const row = (await readCall(read, caller.account.id, id)) ?? refuse('call.record_not_found', {})
  return calls?.isElsewhere(row) ? refuse('call.on_other_node', {}) : refuse('call.not_found', {})
}

/** For `runsOn`: the node that has it; undefined where it is up here, or nowhere. */
export async function nodeOfCall({ voice, read, caller }: Means, { id }: { readonly id: number }): Promise<string | undefined> {
  if (voice.calls?.find(id)) return undefined
  const row = await readCall(read, caller.account.id, id)
  return row && voice.calls?.isElsewhere(row) ? row.node : undefined
}

export const updateCallOperation = operation({
  name: 'calls.update',
  summary: 'Change a call that is up',
  permission: 'calls.write',
  input: Type.Object(
    {
      id: Id('call'),
      url: Optional(WebUrl('Another script, from now on.')),
      method: Optional(how),
      fallbackUrl: Optional(WebUrl('Asked where that cannot be had or read.')),
      fallbackMethod: Optional(how),
      statusUrl: Optional(WebUrl('Told of what happens to it from now on.')),
      statusMethod: Optional(how),
      /** What the face keeps with it, over what it kept. */
      faceData: Optional(Type.Record(Type.String(), Type.Unknown(), { 'x-hidden': true })),
      /** A face's own script, read already. */
      verbs: Optional(Type.Unsafe<readonly Verb[]>({ type: 'array', 'x-hidden': true })),
      /** What its form keeps with these verbs, over what it kept. */
      memory: Optional(Type.Record(Type.String(), Type.Unknown(), { 'x-hidden': true })),
      both: Optional(Type.Boolean({ description: 'The script runs for whom it is connected to, too.' })),
      muted: Optional(Type.Boolean({ description: 'Nobody hears its party, or they do again.' })),
      held: Optional(Type.Boolean({ description: 'Puts its party on hold, or takes it back.' })),
      joinTo: Optional(
        Id('call', 'It and that call hear each other from now on; both are answered, and whom they were connected to is let go.'),
      ),
      transferTo: Optional(
        Type.String({ maxLength: 512, description: 'Its phone is asked to call somebody else: a SIP address.' }),
      ),
    },
    { additionalProperties: false },
  ),
  output: CallView,
  reasons: [
    'call.record_not_found',
    'call.not_found',
    'call.on_other_node',
    'call.not_connected',
    'call.state_invalid',
    ...otherNodeReasons,
  ],
  route: { method: 'PATCH', path: '/calls/{id}' },
  runsOn: nodeOfCall,
  async run(means, { id, url, method = 'POST', fallbackUrl, both, muted, held, joinTo, transferTo, ...more }) {
    const { fallbackMethod = method, statusUrl, statusMethod = 'POST', verbs, memory, faceData } = more
    const { call, changes } = await liveCall(means, id)
    if (statusUrl !== undefined) call.record.keep({ callback: { url: statusUrl, method: statusMethod } })
    if (muted !== undefined) changes.mute(call, muted)
    if (held !== undefined) await changes.hold(call, held)
    if (joinTo !== undefined) await changes.join(call, (await liveCall(means, joinTo)).call)
    if (transferTo !== undefined) await changes.transfer(call, transferTo)
    if (url !== undefined) {
      const fallback = fallbackUrl === undefined ? null : ({ url: fallbackUrl, method: fallbackMethod } as const)
      changes.redirect(call, { face: means.caller.face, page: { url, method }, fallback }, { takesOther: both ?? false })
    }
    if (faceData) call.record.keep({ faceData })
    if (verbs) changes.redirect(call, { face: means.caller.face, page: null, verbs, ...(memory && { memory }) })
    return callView(call.row)
  },
})

export const endCallOperation = operation({
  name: 'calls.end',
  summary: 'End a call',
  permission: 'calls.write',
  input: Type.Object(
    {
      id: Id('call'),
      terminated: Optional(
        Type.Boolean({ 'x-hidden': true, description: 'As ended, and not as canceled, though nobody answered it yet.' }),
      ),
    },
    { additionalProperties: false },
  ),
  output: CallView,
  reasons: ['call.record_not_found', 'call.not_found', 'call.on_other_node', ...otherNodeReasons],
  route: { method: 'POST', path: '/calls/{id}/end' },
  runsOn: nodeOfCall,
  async run(means, { id, terminated }) {
    const { call, changes } = await liveCall(means, id)
    changes.hangUp(call, terminated ? refusal('call.terminated_by_request') : undefined)
    return callView(call.row)
  },
})

export const deleteCallOperation = operation({
  name: 'calls.delete',
  summary: 'Delete the record of a call',
  permission: 'calls.write',
  input: Type.Object({ id: Id('call') }, { additionalProperties: false }),
  output: Done,
  reasons: ['call.record_not_found', 'call.state_invalid'],
  route: { method: 'DELETE', path: '/calls/{id}' },
  async run(means, { id }) {
    const { caller, clock } = means
    const done = await means.write(deleteCall, { account: caller.account.id, id, actor: actorOf(caller), now: clock.nowMs() })
    if (done === null) refuse('call.record_not_found', {})
    if ('open' in done) refuse('call.state_invalid', { state: done.open, operation: 'delete' })
    return { done: true }
  },
})
