import type { Scenario } from '../scenario.ts'
import { acquire, ask, refused } from './client.ts'

export const scenario: Scenario = {
  system: 'toku',
  code: '-1200',
  title: 'Subscribe a number to a service that does not exist',
  async run(world) {
    const path = await acquire(world, '6531580016')
    const answer = await ask(world, 'POST', `${path}/services`, { service_id: 'TELEPATHY' })
    refused(answer, { status: 404, reason: 'service.not_found', body: { result: -1200, result_desc: 'service not found' } })
  },
}
