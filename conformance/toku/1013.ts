import type { Scenario } from '../scenario.ts'
import { accepted, acquire, ask, refused } from './client.ts'

export const scenario: Scenario = {
  system: 'toku',
  code: '-1013',
  title: 'Subscribe a number that has a service to another one',
  async run(world) {
    const path = await acquire(world, '6531580013')
    accepted(await ask(world, 'POST', `${path}/services`, { service_id: 'SMS' }))
    const answer = await ask(world, 'POST', `${path}/services`, { service_id: 'PROGRAMMABLE_CALL' })
    refused(answer, {
      status: 409,
      reason: 'number.subscribed_elsewhere',
      body: { result: -1013, result_desc: 'number subscribed to other services', number: '6531580013' },
    })
  },
}
