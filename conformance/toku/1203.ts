import type { Scenario } from '../scenario.ts'
import { ask, refused } from './client.ts'
import { serving } from './engine.ts'

export const scenario: Scenario = {
  system: 'toku',
  code: '-1203',
  title: 'Call with a number whose flow was never set',
  async run(world) {
    const number = await serving(world, '441134960113', 'PROGRAMMABLE_CALL')
    const answer = await ask(world, 'POST', '/call/v1/calls', { number, called_party: '12125550101' })
    refused(answer, {
      status: 409,
      reason: 'service.call_flow_missing',
      body: { result: -1203, result_desc: 'call flow not configured', number },
    })
  },
}
