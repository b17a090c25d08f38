import type { Scenario } from '../scenario.ts'
import { isApiFault } from './client.ts'
import { asOwner, department } from './messages.ts'
import { subscribe, withHook } from './subscriptions.ts'

export const scenario: Scenario = {
  system: 'ringcentral',
  code: 'SUB-402',
  title: 'Subscribe to the presence of a department.',
  async run(world) {
    const owner = await asOwner(world)
    const { id } = await department(world, owner)
    const filter = `/restapi/v1.0/account/~/extension/${id}/presence`
    await withHook(async (address) =>
      isApiFault(await subscribe(world, owner, address, [filter]), {
        status: 403,
        code: 'SUB-402',
        reason: 'feature.not_for_extension_type',
        message: `Presence feature is disabled for this extension type (presence / ${filter})`,
        extra: { parameterName: 'eventFilters', parameterValue: filter },
      }),
    )
  },
}
