import type { Scenario } from '../scenario.ts'
import { askToken, isOauthFault, logIn, makeApp } from './client.ts'

export const scenario: Scenario = {
  system: 'ringcentral',
  code: 'OAU-121',
  title: 'Refresh with a token that another application was given.',
  async run(world) {
    const session = await logIn(world, await makeApp(world))
    const answer = await askToken(world, await makeApp(world), {
      grant_type: 'refresh_token',
      refresh_token: session.refresh_token,
    })
    isOauthFault(answer, {
      status: 401,
      code: 'OAU-121',
      reason: 'oauth.application_wrong',
      error: 'invalid_grant',
      message: 'Wrong Application',
    })
  },
}
