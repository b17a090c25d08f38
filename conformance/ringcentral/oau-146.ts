import type { Scenario } from '../scenario.ts'
import { askLogin, isOauthFault, makeApp, makePerson } from './client.ts'

export const scenario: Scenario = {
  system: 'ringcentral',
  code: 'OAU-146',
  title: 'Log in with a wrong client secret.',
  async run(world) {
    const app = await makeApp(world)
    const answer = await askLogin(world, { ...app, clientSecret: 'another secret' }, await makePerson(world))
    isOauthFault(answer, {
      status: 401,
      code: 'OAU-146',
      reason: 'auth.client_credentials_invalid',
      error: 'invalid_client',
      message: 'Invalid client credentials',
    })
  },
}
