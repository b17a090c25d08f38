import type { Scenario } from '../scenario.ts'
import { ask, refused } from './client.ts'

export const scenario: Scenario = {
  system: 'toku',
  code: '-2005',
  title: 'Send to what is no number, and with an empty text, of which less is said',
  async run(world) {
    const answer = await ask(world, 'POST', '/sms/v1/messages', { from: 'Shop', to: '12ab', message: ' ' })
    refused(answer, {
      status: 400,
      reason: 'message.recipient_invalid',
      body: { result: -2005, result_desc: 'invalid ‘To’ number', param: 'to' },
    })
  },
}
