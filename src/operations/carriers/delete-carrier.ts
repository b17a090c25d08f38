import Type from 'typebox'
import { actorOf } from '#accounts/caller.ts'
import { refuse } from '#reasons/refusal.ts'
import { deleteCarrier } from '#store/carriers.ts'
import { Done, Id } from '../fields.ts'
import { operation } from '../operation.ts'

/** Only when no route leads over it and no message waits for it. */
export const deleteCarrierOperation = operation({
  name: 'carriers.delete',
  summary: 'Remove a carrier',
  permission: 'operator',
  input: Type.Object({ id: Id('carrier') }, { additionalProperties: false }),
  output: Done,
  reasons: ['resource.not_found', 'resource.in_use'],
  route: { method: 'DELETE', path: '/carriers/{id}' },
  async run(means, { id }) {
    const { caller, clock } = means
    const input = { id, accountId: caller.account.id, actor: actorOf(caller), now: clock.nowMs() }
    const removed = await means.write(deleteCarrier, input)
    if (removed === 'absent') refuse('resource.not_found', { noun: 'carrier' })
    if (removed !== 'deleted') {
      refuse('resource.in_use', { noun: 'carrier', usedBy: removed === 'routed' ? 'a route' : 'messages in its queue' })
    }
    return { done: true }
  },
})
