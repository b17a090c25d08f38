import type { Scenario } from '../scenario.ts'
import { isApiFault, send } from './client.ts'
import { asOwner, body, department, handset } from './messages.ts'

export const scenario: Scenario = {
  system: 'ringcentral',
  code: 'MSG-314',
  title: 'Send an SMS as a department.',
  async run(world) {
    const owner = await asOwner(world)
    const { id } = await department(world, owner)
    const wish = body(world.credentials.ringcentral.mainNumber, handset)
    isApiFault(await send(world, owner, 'POST', `/account/~/extension/${id}/sms`, wish), {
      status: 403,
      code: 'MSG-314',
      reason: 'feature.not_for_extension_type',
      message: 'Extension is of inappropriate type',
    })
  },
}
