import type { Scenario } from '../scenario.ts'
import { isApiFault } from './client.ts'
import { colleague, handset, sendSms } from './messages.ts'

export const scenario: Scenario = {
  system: 'ringcentral',
  code: 'MSG-304',
  title: "Send from a colleague's number.",
  async run(world) {
    const from = world.credentials.ringcentral.mainNumber
    isApiFault(await sendSms(world, await colleague(world), from, handset), {
      status: 403,
      code: 'MSG-304',
      reason: 'message.sender_not_owned',
      message: "Phone number doesn't belong to extension",
      extra: { parameterName: 'from', parameterValue: from },
    })
  },
}
