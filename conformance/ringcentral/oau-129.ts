import type { Scenario } from '../scenario.ts'
import { askToken, get, isApiFault, logIn, makeApp } from './client.ts'

export const scenario: Scenario = {
  system: 'ringcentral',
  code: 'OAU-129',
  title: 'Use the old access token after a refresh.',
  async run(world) {
    const app = await makeApp(world)
    const session = await logIn(world, app)
    await askToken(world, app, { grant_type: 'refresh_token', refresh_token: session.refresh_token })
    const answer = await get(world, session, '/account/~')
    isApiFault(answer, {
      status: 401,
      code: 'OAU-129',
      reason: 'auth.token_malformed',
      message: 'Access token corrupted.',
      top: 'TokenInvalid',
    })
  },
}
