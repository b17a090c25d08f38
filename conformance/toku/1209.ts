import type { Scenario } from '../scenario.ts'
import { acquire, ask, refused } from './client.ts'

export const scenario: Scenario = {
  system: 'toku',
  code: '-1209',
  title: 'Subscribe a number with a status URL that is no URL',
  async run(world) {
    const path = await acquire(world, '6531580019')
    const answer = await ask(world, 'POST', `${path}/services`, { service_id: 'PROGRAMMABLE_CALL', status_url: 'nowhere' })
    refused(answer, {
      status: 400,
      reason: 'request.url_invalid',
      body: { result: -1209, result_desc: 'invalid url', param: 'status_url' },
    })
  },
}
