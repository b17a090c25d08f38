import type { Scenario } from '../scenario.ts'
import { askToken, isOauthFault, makeApp } from './client.ts'

export const scenario: Scenario = {
  system: 'ringcentral',
  code: 'OAU-136',
  title: 'Log in with the company number and an extension that it does not have.',
  async run(world) {
    const { mainNumber, password } = world.credentials.ringcentral
    const answer = await askToken(world, await makeApp(world), {
      grant_type: 'password',
      username: `${mainNumber}*98765`,
      password,
    })
    isOauthFault(answer, {
      status: 401,
      code: 'OAU-136',
      reason: 'auth.extension_unknown',
      error: 'invalid_grant',
      message: 'Extension not found.',
      extra: { parameterName: 'extension' },
    })
  },
}
