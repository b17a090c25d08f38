import type { Scenario } from '../scenario.ts'
import { isApiFault } from './client.ts'
import { colleague } from './messages.ts'
import { subscribe, withHook } from './subscriptions.ts'

export const scenario: Scenario = {
  system: 'ringcentral',
  code: 'SUB-404',
  title: 'Subscribe to what is needed to take the calls of a colleague, who has let nobody do so.',
  async run(world) {
    const filter = `/restapi/v1.0/account/~/extension/${(await colleague(world)).owner_id}/presence?sipData=true`
    const session = await colleague(world)
    await withHook(async (address) =>
      isApiFault(await subscribe(world, session, address, [filter]), {
        status: 403,
        code: 'SUB-404',
        reason: 'presence.not_allowed_by_user',
        message: 'User disallowed this subscriber to pick up calls',
        extra: { parameterName: 'eventFilters', parameterValue: filter },
      }),
    )
  },
}
