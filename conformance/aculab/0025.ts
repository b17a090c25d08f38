import type { Scenario } from '../scenario.ts'
import { ask, refused } from './client.ts'

export const scenario: Scenario = {
  system: 'aculab',
  code: '0025',
  title: 'Ask for the status of a start by an id of one part',
  async run(world) {
    const answer = await ask(world, 'GET', '/service_status?service_reference_ids=06e122c3364cc74c')
    refused(answer, {
      code: '0025',
      status: 400,
      reason: 'request.reference_id_malformed',
      text: /06e122c3364cc74c/,
      url: '/service_status',
    })
  },
}
