import type { Scenario } from '../scenario.ts'
import { get, isApiFault, logIn, makeApp, makeCompany, makePerson } from './client.ts'

export const scenario: Scenario = {
  system: 'ringcentral',
  code: 'CMN-109',
  title: 'Ask where calls are forwarded in an account without voice.',
  async run(world) {
    const company = await makeCompany(world)
    await company.change({ settings: { features: ['sms'] } })
    const app = await makeApp(world, {}, undefined, company.native)
    const session = await logIn(world, app, await makePerson(world, {}, company.native))
    const answer = await get(world, session, '/account/~/extension/~/forwarding-number')
    isApiFault(answer, {
      status: 403,
      code: 'CMN-109',
      reason: 'feature.not_enabled',
      message: 'Feature not available.',
      extra: { featureName: 'voice' },
    })
  },
}
