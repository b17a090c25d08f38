import type { Scenario } from '../scenario.ts'
import { isApiFault } from './client.ts'
import { asOwner, colleague } from './messages.ts'
import { subscribe, withHook } from './subscriptions.ts'

export const scenario: Scenario = {
  system: 'ringcentral',
  code: 'SUB-405',
  title: "Subscribe to a colleague's messages.",
  async run(world) {
    const filter = `/restapi/v1.0/account/~/extension/${(await colleague(world)).owner_id}/message-store`
    const session = await asOwner(world)
    await withHook(async (address) =>
      isApiFault(await subscribe(world, session, address, [filter]), {
        status: 403,
        code: 'SUB-405',
        reason: 'subscription.foreign_events',
        message: 'Not allowed subscribe for messages to other extensions',
        extra: { parameterName: 'eventFilters', parameterValue: filter },
      }),
    )
  },
}
