import type { Scenario } from '../scenario.ts'
import { askAuthorize, isOauthFault, makeApp } from './client.ts'

export const scenario: Scenario = {
  system: 'ringcentral',
  code: 'OAU-116',
  title: 'Ask for the implicit flow with an application that may not use it.',
  async run(world) {
    const app = await makeApp(world)
    const answer = await askAuthorize(world, { response_type: 'token', client_id: app.clientId, redirect_uri: app.redirectUri })
    isOauthFault(answer, {
      status: 403,
      code: 'OAU-116',
      reason: 'oauth.login_method_invalid',
      error: 'unsupported_response_type',
      message: 'Invalid authorization method',
    })
  },
}
