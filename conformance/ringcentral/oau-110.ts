import type { Scenario } from '../scenario.ts'
import { getCode, isOauthFault, makeApp, redeem } from './client.ts'

export const scenario: Scenario = {
  system: 'ringcentral',
  code: 'OAU-110',
  title: 'Redeem a code that was issued to another application.',
  async run(world) {
    const app = await makeApp(world)
    const other = await makeApp(world)
    const answer = await redeem(world, other, await getCode(world, app))
    isOauthFault(answer, {
      status: 403,
      code: 'OAU-110',
      reason: 'oauth.code_of_other_application',
      error: 'invalid_grant',
      message: 'Authorization code was not issued for this application',
    })
  },
}
