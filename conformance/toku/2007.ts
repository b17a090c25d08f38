import type { Scenario } from '../scenario.ts'
import { ask, refused } from './client.ts'

export const scenario: Scenario = {
  system: 'toku',
  code: '-2007',
  title: 'Send at a time that no calendar has',
  async run(world) {
    const answer = await ask(world, 'POST', '/sms/v1/messages', {
      from: 'Shop',
      to: '447700900901',
      message: 'Hello',
      send_time: '2030-02-30 10:00:00',
      reference_id: 'trip-77',
    })
    refused(answer, {
      status: 400,
      reason: 'message.date_malformed',
      body: { result: -2007, result_desc: 'invalid date format', param: 'send_time', reference_id: 'trip-77' },
    })
  },
}
