import type { Scenario } from '../scenario.ts'
import { isApiFault, send } from './client.ts'
import { colleague, ok } from './messages.ts'
import { subscribe, withHook } from './subscriptions.ts'

export const scenario: Scenario = {
  system: 'ringcentral',
  code: 'SUB-403',
  title: 'Subscribe to the presence of a colleague who does not let it be seen.',
  async run(world) {
    const shy = await colleague(world)
    ok(await send(world, shy, 'PUT', '/account/~/extension/~/presence', { allowSeeMyPresence: false }))
    const filter = `/restapi/v1.0/account/~/extension/${shy.owner_id}/presence?detailedTelephonyState=true`
    const session = await colleague(world)
    await withHook(async (address) =>
      isApiFault(await subscribe(world, session, address, [filter]), {
        status: 403,
        code: 'SUB-403',
        reason: 'presence.not_allowed_by_user',
        message: 'User disallowed to monitor his presence',
        extra: { parameterName: 'eventFilters', parameterValue: filter },
      }),
    )
  },
}
