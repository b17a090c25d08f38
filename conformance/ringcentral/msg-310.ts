import type { Scenario } from '../scenario.ts'
import { isApiFault } from './client.ts'
import { asOwner, sendSms, stockNumber } from './messages.ts'

export const scenario: Scenario = {
  system: 'ringcentral',
  code: 'MSG-310',
  title: 'Send to a number of this service that nobody has bought.',
  async run(world) {
    const number = await stockNumber(world, 'usual')
    const session = await asOwner(world)
    isApiFault(await sendSms(world, session, world.credentials.ringcentral.mainNumber, number), {
      status: 400,
      code: 'MSG-310',
      reason: 'number.not_assigned',
      message: 'Phone number is not assigned',
      extra: { parameterName: 'to', parameterValue: number },
    })
  },
}
