import assert from 'node:assert/strict'
import type { Scenario } from '../scenario.ts'
import { getCode, isOauthFault, makeApp, redeem } from './client.ts'

export const scenario: Scenario = {
  system: 'ringcentral',
  code: 'OAU-106',
  title: 'Redeem an authorization code a second time.',
  async run(world) {
    const app = await makeApp(world)
    const code = await getCode(world, app)
    assert.equal((await redeem(world, app, code)).status, 200)
    const answer = await redeem(world, app, code)
    isOauthFault(answer, {
      status: 403,
      code: 'OAU-106',
      reason: 'oauth.code_invalid',
      error: 'invalid_grant',
      message: 'Invalid authorization code',
    })
  },
}
