import type { Scenario } from '../scenario.ts'
import { askAuthorize, isOauthFault, makeApp } from './client.ts'

export const scenario: Scenario = {
  system: 'ringcentral',
  code: 'OAU-113',
  title: 'Ask for authorization for an application that has no redirect URI.',
  async run(world) {
    const app = await makeApp(world, { redirectUris: [] })
    const answer = await askAuthorize(world, { response_type: 'code', client_id: app.clientId, redirect_uri: app.redirectUri })
    isOauthFault(answer, {
      status: 403,
      code: 'OAU-113',
      reason: 'oauth.redirect_uri_unregistered',
      error: 'invalid_client',
      message: 'No redirect uri is registered for the client',
    })
  },
}
