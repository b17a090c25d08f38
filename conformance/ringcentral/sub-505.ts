import type { Scenario } from '../scenario.ts'
import { isApiFault, send } from './client.ts'
import { asOwner } from './messages.ts'
import { subscribe, subscribed, withHook } from './subscriptions.ts'

const atMost = 30

export const scenario: Scenario = {
  system: 'ringcentral',
  code: 'SUB-505',
  title: 'Subscribe once more with 30 subscriptions of the same application.',
  async run(world) {
    const session = await asOwner(world)
    await withHook(async (address) => {
      const ids: string[] = []
      for (let n = 0; n < atMost; n += 1) ids.push((await subscribed(world, session, `${address}/${n}`)).id)
      isApiFault(await subscribe(world, session, address), {
        status: 403,
        code: 'SUB-505',
        reason: 'subscription.limit_exceeded',
        message: 'Subscriptions limit exceeded',
      })
      for (const id of ids) await send(world, session, 'DELETE', `/subscription/${id}`, {})
    })
  },
}
