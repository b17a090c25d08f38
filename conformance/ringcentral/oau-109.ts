import type { Scenario } from '../scenario.ts'
import { getCode, isOauthFault, makeApp, redeem } from './client.ts'

export const scenario: Scenario = {
  system: 'ringcentral',
  code: 'OAU-109',
  title: 'Redeem a code with another redirect URI than it was asked for with.',
  async run(world) {
    const app = await makeApp(world)
    const answer = await redeem(world, app, await getCode(world, app), { redirect_uri: 'https://elsewhere.example.test/' })
    isOauthFault(answer, {
      status: 403,
      code: 'OAU-109',
      reason: 'oauth.redirect_uri_mismatch',
      error: 'invalid_grant',
      message: 'Redirect URIs do not match',
      extra: { parameterName: 'redirect_uri' },
    })
  },
}
