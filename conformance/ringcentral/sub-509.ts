import type { Scenario } from '../scenario.ts'
import { isApiFault } from './client.ts'
import { asOwner } from './messages.ts'
import { subscribe, withHook } from './subscriptions.ts'

export const scenario: Scenario = {
  system: 'ringcentral',
  code: 'SUB-509',
  title: 'Look for a subscription by what it is told by, which is WebHook.',
  async run(world) {
    const session = await asOwner(world)
    await withHook(async (address) =>
      isApiFault(await subscribe(world, session, address, undefined, { query: '?findSubscription=true' }), {
        status: 400,
        code: 'SUB-509',
        reason: 'subscription.search_transport_unsupported',
        message: 'findSubscription only works with PubNub transport type',
        extra: { parameterName: 'deliveryMode.transportType' },
      }),
    )
  },
}
