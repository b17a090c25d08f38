import type { Scenario } from '../scenario.ts'
import { askToken, isOauthFault, makeApp } from './client.ts'
import { asOwner, department } from './messages.ts'

export const scenario: Scenario = {
  system: 'ringcentral',
  code: 'OAU-105',
  title: 'Log in with the right password of a department.',
  async run(world) {
    const password = `Pass-word-${crypto.randomUUID()}`
    const { extensionNumber } = await department(world, await asOwner(world), { password })
    const username = world.credentials.ringcentral.mainNumber
    const fields = { grant_type: 'password', username, extension: extensionNumber, password }
    isOauthFault(await askToken(world, await makeApp(world), fields), {
      status: 403,
      code: 'OAU-105',
      reason: 'auth.extension_type_forbids_login',
      error: 'invalid_grant',
      message: 'Login for Department extension is not allowed.',
    })
  },
}
