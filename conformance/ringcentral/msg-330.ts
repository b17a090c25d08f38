import type { Scenario } from '../scenario.ts'
import { isApiFault, send } from './client.ts'
import { asOwner, colleague, department } from './messages.ts'

export const scenario: Scenario = {
  system: 'ringcentral',
  code: 'MSG-330',
  title: 'Page a colleague as a department.',
  async run(world) {
    const owner = await asOwner(world)
    const { id, extensionNumber } = await department(world, owner)
    const wish = { to: [{ extensionId: (await colleague(world)).owner_id }], text: 'hello' }
    isApiFault(await send(world, owner, 'POST', `/account/~/extension/${id}/company-pager`, wish), {
      status: 403,
      code: 'MSG-330',
      reason: 'message.sender_is_department',
      message: 'Sending from department message is not supported.',
      extra: { parameterName: 'from', parameterValue: extensionNumber },
    })
  },
}
