import type { Scenario } from '../scenario.ts'
import { isApiFault, logIn, makeApp, makeCompany, makePerson } from './client.ts'
import { subscribe } from './subscriptions.ts'

export const scenario: Scenario = {
  system: 'ringcentral',
  code: 'SUB-406',
  title: "Subscribe to another company's messages.",
  async run(world) {
    const { native } = await makeCompany(world)
    const stranger = await logIn(world, await makeApp(world, {}, undefined, native), await makePerson(world, {}, native))
    const { accountId } = world.credentials.ringcentral
    const filter = `/restapi/v1.0/account/${accountId}/extension/~/message-store`
    // Filters are looked at before the address is asked.
    isApiFault(await subscribe(world, stranger, 'https://hook.example.test/rc', [filter]), {
      status: 403,
      code: 'SUB-406',
      reason: 'subscription.foreign_events',
      message: 'Not allowed subscribe for events to extensions of other account',
      extra: { parameterName: 'eventFilters', parameterValue: filter },
    })
  },
}
