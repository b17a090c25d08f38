import { setTimeout } from 'node:timers/promises'
import type { Scenario } from '../scenario.ts'
import { getCode, isOauthFault, makeApp, redeem } from './client.ts'

export const scenario: Scenario = {
  system: 'ringcentral',
  code: 'OAU-108',
  title: 'Redeem an authorization code after its life, which this application has for one second.',
  async run(world) {
    const app = await makeApp(world, { lifetimes: { codeSeconds: 1 } })
    const code = await getCode(world, app)
    await setTimeout(1100)
    const answer = await redeem(world, app, code)
    isOauthFault(answer, {
      status: 403,
      code: 'OAU-108',
      reason: 'oauth.code_expired',
      error: 'invalid_grant',
      message: 'Authorization code is expired',
    })
  },
}
