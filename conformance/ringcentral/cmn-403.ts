import type { Scenario } from '../scenario.ts'
import { get, isApiFault } from './client.ts'
import { asOwner, department } from './messages.ts'

export const scenario: Scenario = {
  system: 'ringcentral',
  code: 'CMN-403',
  title: 'Ask for the forwarding numbers of a department.',
  async run(world) {
    const owner = await asOwner(world)
    const { id } = await department(world, owner)
    isApiFault(await get(world, owner, `/account/~/extension/${id}/forwarding-number`), {
      status: 403,
      code: 'CMN-403',
      reason: 'feature.not_for_extension_type',
      message: 'The feature is not available for this extension type',
    })
  },
}
