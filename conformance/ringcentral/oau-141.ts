import type { Scenario } from '../scenario.ts'
import { askLogin, isOauthFault, makeApp, makePerson } from './client.ts'

export const scenario: Scenario = {
  system: 'ringcentral',
  code: 'OAU-141',
  title: 'Log in with the right password to an extension that is disabled.',
  async run(world) {
    const person = await makePerson(world)
    await world.api('PATCH', `/users/${person.id}`, { status: 'inactive' })
    const answer = await askLogin(world, await makeApp(world), person)
    isOauthFault(answer, {
      status: 401,
      code: 'OAU-141',
      reason: 'auth.extension_state_forbids_login',
      error: 'invalid_grant',
      message: 'Login for extension in current state is not allowed.',
    })
  },
}
