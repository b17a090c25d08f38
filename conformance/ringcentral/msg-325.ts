import assert from 'node:assert/strict'
import type { Scenario } from '../scenario.ts'
import { isApiFault, send } from './client.ts'
import { asOwner, colleague, ok, page } from './messages.ts'

const store = '/account/~/extension/~/message-store'

export const scenario: Scenario = {
  system: 'ringcentral',
  code: 'MSG-325',
  title: 'Reply in a thread whose first message one has purged.',
  async run(world) {
    const owner = await asOwner(world)
    const other = await colleague(world)
    const first = ok(await page(world, owner, { to: [{ extensionId: other.owner_id }], text: 'lunch?' }))
    const [got] = ok(await send(world, other, 'GET', `${store}?messageType=Pager`, '')).records
    ok(await page(world, other, { replyOn: got.id, text: 'yes' }))
    const { records } = ok(await send(world, owner, 'GET', `${store}?conversationId=${first.conversationId}`, ''))
    const reply = records.find((one: any) => one.direction === 'Inbound')
    assert.equal((await send(world, owner, 'DELETE', `${store}/${first.id}?purge=true`, '')).status, 204)
    isApiFault(await page(world, owner, { replyOn: reply.id, text: 'when?' }), {
      status: 403,
      code: 'MSG-325',
      reason: 'message.thread_too_old',
      message: 'Reply is forbidden for old message threads',
      extra: { parameterName: 'replyOn' },
    })
  },
}
