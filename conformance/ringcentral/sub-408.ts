import type { Scenario } from '../scenario.ts'
import { isApiFault } from './client.ts'
import { asOwner } from './messages.ts'
import { subscribe, withHook } from './subscriptions.ts'

const filter = '/restapi/v1.0/account/~/extension/4242/message-store'

export const scenario: Scenario = {
  system: 'ringcentral',
  code: 'SUB-408',
  title: 'Subscribe to the messages of an extension that is not there.',
  async run(world) {
    const session = await asOwner(world)
    await withHook(async (address) =>
      isApiFault(await subscribe(world, session, address, [filter]), {
        status: 403,
        code: 'SUB-408',
        reason: 'subscription.user_unknown',
        message: 'Not allowed subscribe for unknown user',
        extra: { parameterName: 'eventFilters', parameterValue: filter },
      }),
    )
  },
}
