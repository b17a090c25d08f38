import type { Scenario } from '../scenario.ts'
import { isApiFault } from './client.ts'
import { asOwner, buyNumber, sendSms, stockNumber } from './messages.ts'

export const scenario: Scenario = {
  system: 'ringcentral',
  code: 'MSG-309',
  title: 'Send an SMS to a number that has nothing but fax.',
  async run(world) {
    const { number } = await buyNumber(world, { number: await stockNumber(world, 'fax'), country: undefined, type: undefined })
    const session = await asOwner(world)
    isApiFault(await sendSms(world, session, world.credentials.ringcentral.mainNumber, number), {
      status: 403,
      code: 'MSG-309',
      reason: 'message.recipient_is_fax_number',
      message: 'Cannot receive SMS on Fax number',
      extra: { parameterName: 'to', parameterValue: number },
    })
  },
}
