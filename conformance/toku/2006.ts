import type { Scenario } from '../scenario.ts'
import { ask, refused } from './client.ts'

export const scenario: Scenario = {
  system: 'toku',
  code: '-2006',
  title: 'Send a text of nothing but blanks',
  async run(world) {
    const answer = await ask(world, 'POST', '/sms/v1/messages', {
      from: 'Shop',
      to: '447700900901',
      message: ' ',
      send_time: 'soon',
    })
    refused(answer, {
      status: 400,
      reason: 'message.empty',
      body: { result: -2006, result_desc: 'message is empty', param: 'message' },
    })
  },
}
