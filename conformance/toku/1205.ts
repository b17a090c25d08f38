import type { Scenario } from '../scenario.ts'
import { acquire, ask, refused } from './client.ts'

export const scenario: Scenario = {
  system: 'toku',
  code: '-1205',
  title: 'Subscribe a number with a callback URL that is not one of HTTP',
  async run(world) {
    const path = await acquire(world, '6531580017')
    const answer = await ask(world, 'POST', `${path}/services`, {
      service_id: 'PROGRAMMABLE_CALL',
      callback_url: 'ftp://handle.example',
    })
    refused(answer, {
      status: 400,
      reason: 'webhook.callback_url_invalid',
      body: { result: -1205, result_desc: 'invalid callback url', param: 'callback_url' },
    })
  },
}
