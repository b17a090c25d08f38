import type { Scenario } from '../scenario.ts'
import { askLogin, isOauthFault, makeApp, makePerson } from './client.ts'

export const scenario: Scenario = {
  system: 'ringcentral',
  code: 'OAU-112',
  title: 'Log in with a password through an application that may not use that grant.',
  async run(world) {
    const app = await makeApp(world, { grants: ['authorization_code'] })
    const answer = await askLogin(world, app, await makePerson(world))
    isOauthFault(answer, {
      status: 403,
      code: 'OAU-112',
      reason: 'oauth.grant_not_allowed',
      error: 'unauthorized_client',
      message: 'The client is unauthorized for the required grant type: [password]',
      extra: { parameterName: 'grant_type', parameterValue: 'password' },
    })
  },
}
