import assert from 'node:assert/strict'
import type { Scenario } from '../scenario.ts'
import { ask, leaveCredit, refused } from './client.ts'
import { removeRoutes } from './gateways.ts'

export const scenario: Scenario = {
  system: 'toku',
  code: '-2000',
  title: 'Send when the operator has no route for messages any more',
  server: {},
  async run(world) {
    await removeRoutes(world)
    const hello = { from: 'Shop', to: '447700900901', message: 'Hello' }
    const answer = await ask(world, 'POST', '/sms/v1/messages', hello)
    refused(answer, {
      status: 404,
      reason: 'message.gateway_not_found',
      body: { result: -2000, result_desc: 'sms gateway not found' },
    })
    world.keep(answer)
    // Credit is looked at before.
    await leaveCredit(world, 0)
    const { result } = (await ask(world, 'POST', '/sms/v1/messages', hello)).json
    assert.equal(result, -1100)
  },
}
