import type { Scenario } from '../scenario.ts'
import { get, isApiFault, logIn, makeApp } from './client.ts'

export const scenario: Scenario = {
  system: 'ringcentral',
  code: 'CMN-303',
  title: 'Call the API through an application that no plan was assigned to.',
  async run(world) {
    const app = await makeApp(world)
    const session = await logIn(world, app)
    await world.api('PATCH', `/keys/${app.id}`, { detail: { plan: null } })
    const answer = await get(world, session, '/account/~')
    isApiFault(answer, {
      status: 429,
      code: 'CMN-303',
      reason: 'rate.plan_unresolved',
      message: 'Can not resolve API plan. Rate limits undefined',
    })
  },
}
