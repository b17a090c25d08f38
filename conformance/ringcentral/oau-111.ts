import type { Scenario } from '../scenario.ts'
import { basic, isOauthFault, makeApp } from './client.ts'

export const scenario: Scenario = {
  system: 'ringcentral',
  code: 'OAU-111',
  title: 'Send a parameter of the token request twice.',
  async run(world) {
    const app = await makeApp(world)
    const answer = await world.ask({
      method: 'POST',
      path: '/restapi/oauth/token',
      headers: { authorization: basic(app), 'content-type': 'application/x-www-form-urlencoded' },
      body: 'grant_type=password&username=a%40example.test&username=b%40example.test&password=c',
    })
    isOauthFault(answer, {
      status: 400,
      code: 'OAU-111',
      reason: 'request.parameter_repeated',
      error: 'invalid_request',
      message: 'Request parameter duplication detected',
      extra: { parameterName: 'username' },
    })
  },
}
