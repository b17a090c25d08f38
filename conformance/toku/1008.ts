import type { Scenario } from '../scenario.ts'
import { acquire, ask, refused } from './client.ts'

export const scenario: Scenario = {
  system: 'toku',
  code: '-1008',
  title: 'End a subscription that a number does not have',
  async run(world) {
    const path = await acquire(world, '6531580008')
    const answer = await ask(world, 'DELETE', `${path}/services/SMS`)
    refused(answer, {
      status: 409,
      reason: 'number.not_subscribed',
      body: { result: -1008, result_desc: 'number not subscribed to a service', number: '6531580008' },
    })
  },
}
