import type { Scenario } from '../scenario.ts'
import { ask, refused } from './client.ts'
import { serving } from './engine.ts'

export const scenario: Scenario = {
  system: 'toku',
  code: '-1204',
  title: 'Have calls go on to a VoIP gateway without naming it',
  async run(world) {
    const number = await serving(world, '441134960114', 'PROGRAMMABLE_VOIP')
    const answer = await ask(world, 'PUT', `/call/v1/flows/${number}`, { call_type: 'IP_FORWARD' })
    refused(answer, {
      status: 409,
      reason: 'webhook.gateway_url_missing',
      body: { result: -1204, result_desc: 'gateway url not configured', number },
    })
  },
}
