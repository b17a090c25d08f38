import Type from 'typebox'
import { actorOf } from '#accounts/caller.ts'
import { refuse } from '#reasons/refusal.ts'
import { deleteApplication } from '#store/applications.ts'
import { Done, Id, Optional } from '../fields.ts'
import { operation } from '../operation.ts'

/** Refused while a number points at it, unless told otherwise; then those numbers answer that they are not bound. */
export const deleteApplicationOperation = operation({
  name: 'applications.delete',
  summary: 'Delete an application',
  permission: 'applications.write',
  input: Type.Object(
    { id: Id('application'), whileInUse: Optional(Type.Boolean({ description: 'Delete it even when numbers point at it.' })) },
    { additionalProperties: false },
  ),
  output: Done,
  reasons: ['application.not_found', 'resource.in_use'],
  route: { method: 'DELETE', path: '/applications/{id}' },
  async run(means, { id, whileInUse = false }) {
    const { caller, clock } = means
    const { outcome } = await means.write(deleteApplication, {
      id,
      account: caller.account.id,
      whileInUse,
      actor: actorOf(caller),
      now: clock.nowMs(),
    })
    if (outcome === 'gone') refuse('application.not_found', {})
    if (outcome === 'in_use') refuse('resource.in_use', { noun: 'application', usedBy: 'numbers' })
    return { done: true }
  },
})
