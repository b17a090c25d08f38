import type { Scenario } from '../scenario.ts'
import { acquire, ask, refused } from './client.ts'

export const scenario: Scenario = {
  system: 'toku',
  code: '-1102',
  title: 'Subscribe a number to what cannot be the id of a service',
  async run(world) {
    const path = await acquire(world, '6531580015')
    const answer = await ask(world, 'POST', `${path}/services`, { service_id: 'sms?' })
    refused(answer, { status: 400, reason: 'service.id_invalid', body: { result: -1102, result_desc: 'invalid service ID' } })
  },
}
