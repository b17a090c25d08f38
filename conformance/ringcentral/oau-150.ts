import type { Scenario } from '../scenario.ts'
import { basic, isOauthFault, makeApp } from './client.ts'

export const scenario: Scenario = {
  system: 'ringcentral',
  code: 'OAU-150',
  title: 'Send a parameter of the token request in the query and in the body with different values.',
  async run(world) {
    const answer = await world.ask({
      method: 'POST',
      path: '/restapi/oauth/token?grant_type=password',
      headers: { authorization: basic(await makeApp(world)) },
      body: new URLSearchParams({ grant_type: 'refresh_token', refresh_token: 'x' }),
    })
    isOauthFault(answer, {
      status: 400,
      code: 'OAU-150',
      reason: 'request.values_disagree',
      error: 'invalid_request',
      message: 'The value of query parameter [grant_type] should be equal to parameter [grant_type] in request body',
      extra: { queryParameterName: 'grant_type', requestParameterName: 'grant_type' },
    })
  },
}
