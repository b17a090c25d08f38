import type { Scenario } from '../scenario.ts'
import { acquire, ask, refused } from './client.ts'

export const scenario: Scenario = {
  system: 'toku',
  code: '-1207',
  title: 'Subscribe a number with a callback method that is neither GET nor POST',
  async run(world) {
    const path = await acquire(world, '6531580018')
    const answer = await ask(world, 'POST', `${path}/services`, { service_id: 'PROGRAMMABLE_CALL', callback_method: 'PUT' })
    refused(answer, {
      status: 400,
      reason: 'webhook.method_invalid',
      body: { result: -1207, result_desc: 'invalid http method', param: 'callback_method' },
    })
  },
}
