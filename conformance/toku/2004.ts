import type { Scenario } from '../scenario.ts'
import { ask, refused } from './client.ts'

export const scenario: Scenario = {
  system: 'toku',
  code: '-2004',
  title: 'Send from what is neither a number nor letters',
  async run(world) {
    const answer = await ask(world, 'POST', '/sms/v1/messages', { from: '+12', to: '12ab', message: 'Hello' })
    refused(answer, {
      status: 400,
      reason: 'message.sender_invalid',
      body: { result: -2004, result_desc: 'invalid ‘From’ number', param: 'from' },
    })
  },
}
