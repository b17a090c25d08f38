import type { Scenario } from '../scenario.ts'
import { askLogin, isOauthFault, makeApp, makePerson } from './client.ts'

export const scenario: Scenario = {
  system: 'ringcentral',
  code: 'OAU-140',
  title: 'Log in with a wrong password.',
  async run(world) {
    const { login } = await makePerson(world)
    const answer = await askLogin(world, await makeApp(world), { login, password: 'not the password' })
    isOauthFault(answer, {
      status: 401,
      code: 'OAU-140',
      reason: 'auth.credentials_invalid',
      error: 'invalid_grant',
      message: 'Invalid resource owner credentials.',
    })
  },
}
