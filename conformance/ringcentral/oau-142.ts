import type { Scenario } from '../scenario.ts'
import { askLogin, isOauthFault, makeApp, makeCompany, makePerson } from './client.ts'

export const scenario: Scenario = {
  system: 'ringcentral',
  code: 'OAU-142',
  title: 'Log in to an account that the operator suspended.',
  async run(world) {
    const company = await makeCompany(world)
    const app = await makeApp(world, {}, undefined, company.native)
    const person = await makePerson(world, {}, company.native)
    await company.change({ status: 'suspended' })
    const answer = await askLogin(world, app, person)
    isOauthFault(answer, {
      status: 401,
      code: 'OAU-142',
      reason: 'auth.account_state_forbids_login',
      error: 'invalid_grant',
      message: 'Login to account in current state is not allowed.',
    })
  },
}
