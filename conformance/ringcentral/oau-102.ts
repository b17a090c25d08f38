import type { Scenario } from '../scenario.ts'
import { isOauthFault, makeApp, upToConsent } from './client.ts'

export const scenario: Scenario = {
  system: 'ringcentral',
  code: 'OAU-102',
  title: 'Log in on the login page; before the user allows the access, an administrator switches the application off.',
  async run(world) {
    const app = await makeApp(world)
    const consent = await upToConsent(world, app)
    await world.api('PATCH', `/keys/${app.id}`, { status: 'disabled' })
    const answer = await consent.decide('allow', 'application/json')
    isOauthFault(answer, {
      status: 403,
      code: 'OAU-102',
      reason: 'oauth.code_not_issued',
      error: 'temporarily_unavailable',
      message: 'Unable to issue authorization code',
    })
  },
}
