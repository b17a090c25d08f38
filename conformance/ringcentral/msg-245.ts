import type { Scenario } from '../scenario.ts'
import { isApiFault } from './client.ts'
import { asOwner, handset, sendSms } from './messages.ts'

export const scenario: Scenario = {
  system: 'ringcentral',
  code: 'MSG-245',
  title: 'Send from a number that is not of the account.',
  async run(world) {
    const from = '+12125559876'
    isApiFault(await sendSms(world, await asOwner(world), from, handset), {
      status: 400,
      code: 'MSG-245',
      reason: 'message.sender_number_not_found',
      message: 'Cannot find the phone number which belongs to user',
      extra: { parameterName: 'from', parameterValue: from },
      top: 'InvalidParameter',
    })
  },
}
