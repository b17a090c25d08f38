import assert from 'node:assert/strict'
import type { Scenario } from '../scenario.ts'
import { ask, logIn, refused } from './client.ts'

export const scenario: Scenario = {
  system: 'toku',
  code: '-400',
  title: 'The operator suspends the account whose token is still alive',
  server: {},
  async run(world) {
    const headers = await logIn(world)
    const { accountId } = (await world.api('GET', '/whoami')).json
    const suspended = await world.operatorApi('PATCH', `/accounts/${accountId}`, { status: 'suspended' })
    assert.equal(suspended.status, 200)
    const answer = await ask(world, 'GET', '/number/v1/numbers', undefined, headers)
    refused(answer, {
      status: 403,
      reason: 'account.not_active',
      body: { result: -400, result_desc: 'user account not in active state' },
    })
  },
}
