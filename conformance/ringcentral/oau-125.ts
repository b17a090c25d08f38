import type { Scenario } from '../scenario.ts'
import { askToken, isOauthFault, logIn, makeApp } from './client.ts'

export const scenario: Scenario = {
  system: 'ringcentral',
  code: 'OAU-125',
  title: 'Refresh through an application that may not have refresh tokens any more.',
  async run(world) {
    const app = await makeApp(world)
    const session = await logIn(world, app)
    await world.api('PATCH', `/keys/${app.id}`, { detail: { grants: ['password'] } })
    const answer = await askToken(world, app, { grant_type: 'refresh_token', refresh_token: session.refresh_token })
    isOauthFault(answer, {
      status: 401,
      code: 'OAU-125',
      reason: 'oauth.grant_not_allowed',
      error: 'unauthorized_client',
      message: 'Grant type is not allowed for application.',
      extra: { parameterName: 'grant_type', parameterValue: 'refresh_token' },
    })
  },
}
