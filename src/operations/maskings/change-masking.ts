// Changes of a masking while it is open, and its end. Calls that are up over it go on.

import Type from 'typebox'
import { actorOf } from '#accounts/caller.ts'
import { refuse } from '#reasons/refusal.ts'
import { changeMasking, endMasking, readMasking, type MaskingChange } from '#store/maskings.ts'
import { Id, Moment, Optional } from '../fields.ts'
import { operation } from '../operation.ts'
import { callbackOf, callbackText, MaskingView, openMasking, requireToCome, statusMethod, statusUrl } from './masking-view.ts'

export const updateMaskingOperation = operation({
  name: 'maskings.update',
  summary: 'Change until when a masking is open, whether its calls are recorded, and where they are told',
  permission: 'calls.write',
  input: Type.Object(
    {
      id: Id('masking'),
      expiresAt: Optional(Type.Union([Moment('Until when.'), Type.Null()])),
      isRecorded: Optional(Type.Boolean({ description: 'Whether their calls are recorded.' })),
      statusUrl: Optional(statusUrl),
      statusMethod: Optional(statusMethod),
    },
    { additionalProperties: false },
  ),
  output: MaskingView,
  reasons: ['session.not_found', 'session.closed', 'request.parameter_invalid'],
  route: { method: 'PATCH', path: '/maskings/{id}' },
  async run(means, { id, expiresAt, isRecorded, statusUrl: url, statusMethod: method }) {
    const { caller, read, clock } = means
    const now = clock.nowMs()
    requireToCome(expiresAt, now)
    const account = caller.account.id
    const before = (await readMasking(read, account, id)) ?? refuse('session.not_found', {})
    const told = callbackOf(before)
    const callback = url === undefined ? told?.url : url
    const change: MaskingChange = {
      ...(expiresAt !== undefined && { expires_ms: expiresAt }),
      ...(isRecorded !== undefined && { record: isRecorded ? 1 : 0 }),
      ...(callback !== undefined && { callback: callbackText(callback, method ?? told?.method) }),
    }
    return openMasking(await means.write(changeMasking, { id, account, change, actor: actorOf(caller), now }), now)
  },
})

export const endMaskingOperation = operation({
  name: 'maskings.end',
  summary: 'End a masking',
  permission: 'calls.write',
  input: Type.Object({ id: Id('masking') }, { additionalProperties: false }),
  output: MaskingView,
  reasons: ['session.not_found', 'session.closed'],
  route: { method: 'DELETE', path: '/maskings/{id}' },
  async run(means, { id }) {
    const { caller, clock } = means
    const now = clock.nowMs()
    return openMasking(await means.write(endMasking, { id, account: caller.account.id, actor: actorOf(caller), now }), now)
  },
})
