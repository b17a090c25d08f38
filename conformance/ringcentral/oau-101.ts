import type { Scenario } from '../scenario.ts'
import { askAuthorize, isOauthFault, makeApp } from './client.ts'

export const scenario: Scenario = {
  system: 'ringcentral',
  code: 'OAU-101',
  title: 'Ask for authorization with the id of a brand that is not there.',
  async run(world) {
    const app = await makeApp(world)
    const answer = await askAuthorize(world, {
      response_type: 'code',
      client_id: app.clientId,
      redirect_uri: app.redirectUri,
      brand_id: '77',
    })
    isOauthFault(answer, {
      status: 403,
      code: 'OAU-101',
      reason: 'oauth.brand_invalid',
      error: 'invalid_request',
      message: 'Parameter [brandId] is invalid',
      extra: { parameterName: 'brandId', parameterValue: '77' },
    })
  },
}
