import type { Scenario } from '../scenario.ts'
import { accepted, acquire, ask, refused } from './client.ts'

export const scenario: Scenario = {
  system: 'toku',
  code: '-1012',
  title: 'Subscribe a number to the service that it has',
  async run(world) {
    const path = await acquire(world, '6531580012')
    accepted(await ask(world, 'POST', `${path}/services`, { service_id: 'SMS' }))
    const answer = await ask(world, 'POST', `${path}/services`, { service_id: 'SMS' })
    refused(answer, {
      status: 409,
      reason: 'number.already_subscribed',
      body: { result: -1012, result_desc: 'number already subscribed to this service', number: '6531580012' },
    })
  },
}
