import type { Scenario } from '../scenario.ts'
import { isApiFault } from './client.ts'
import { asOwner, buyNumber, handset, sendSms, stockNumber } from './messages.ts'

export const scenario: Scenario = {
  system: 'ringcentral',
  code: 'MSG-241',
  title: 'Send an SMS from a number that has nothing but fax.',
  async run(world) {
    const { number } = await buyNumber(world, { number: await stockNumber(world, 'fax'), country: undefined, type: undefined })
    isApiFault(await sendSms(world, await asOwner(world), number, handset), {
      status: 403,
      code: 'MSG-241',
      reason: 'message.sender_is_fax_number',
      message: 'Cannot send SMS from Fax number',
      extra: { parameterName: 'from', parameterValue: number },
      top: 'InvalidParameter',
    })
  },
}
