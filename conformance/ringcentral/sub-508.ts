import type { Scenario } from '../scenario.ts'
import { isApiFault } from './client.ts'
import { asOwner } from './messages.ts'
import { own, subscribe, withHook } from './subscriptions.ts'

export const scenario: Scenario = {
  system: 'ringcentral',
  code: 'SUB-508',
  title: 'Subscribe with two filters that mean nothing.',
  async run(world) {
    const session = await asOwner(world)
    const wrong = ['/restapi/v1.0/nowhere', `${own}?colour=red`]
    await withHook(async (address) =>
      isApiFault(await subscribe(world, session, address, [own, ...wrong]), {
        status: 400,
        code: 'SUB-508',
        reason: 'subscription.filters_invalid',
        message: `Invalid event filters: [${wrong.join(', ')}]`,
        extra: { parameterName: 'eventFilters', parameterValue: wrong.join(', ') },
      }),
    )
  },
}
