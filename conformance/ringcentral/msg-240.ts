import type { Scenario } from '../scenario.ts'
import { isApiFault, logIn, makeApp, makeCompany, makePerson } from './client.ts'
import { buyNumber, sendSms } from './messages.ts'

export const scenario: Scenario = {
  system: 'ringcentral',
  code: 'MSG-240',
  title: 'Send abroad from an account that has no international messages.',
  async run(world) {
    const company = await makeCompany(world)
    await company.change({ settings: { features: ['sms', 'us_sms'] } })
    const person = await makePerson(world, {}, company.native)
    const { number } = await buyNumber(world, {}, company.native)
    const session = await logIn(world, await makeApp(world, {}, undefined, company.native), person)
    const to = '+447700900901'
    isApiFault(await sendSms(world, session, number, to), {
      status: 403,
      code: 'MSG-240',
      reason: 'message.recipient_not_us',
      message: `Specified recipient [${to}] isn't an US phone number`,
      extra: { parameterName: 'to', parameterValue: to },
      top: 'InternationalProhibited',
    })
  },
}
