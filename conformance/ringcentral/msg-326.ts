import type { Scenario } from '../scenario.ts'
import { get, isApiFault } from './client.ts'
import { asOwner, colleague, ok, page } from './messages.ts'

export const scenario: Scenario = {
  system: 'ringcentral',
  code: 'MSG-326',
  title: 'Reply in a thread that the others have gone on with among themselves.',
  async run(world) {
    const owner = await asOwner(world)
    const one = await colleague(world)
    const two = await colleague(world)
    const to = [{ extensionId: one.owner_id }, { extensionId: two.owner_id }]
    const first = ok(await page(world, owner, { to, text: 'lunch?' }))
    const [got] = ok(await get(world, one, '/account/~/extension/~/message-store?messageType=Pager')).records
    ok(await page(world, one, { replyOn: got.id, to: [{ extensionId: two.owner_id }], text: 'the two of us' }))
    isApiFault(await page(world, owner, { replyOn: first.id, text: 'when?' }), {
      status: 403,
      code: 'MSG-326',
      reason: 'message.thread_left',
      message: 'Reply is denied for user, who is no longer a thread participant',
      extra: { parameterName: 'replyOn' },
    })
  },
}
