import type { Scenario } from '../scenario.ts'
import { ask, refused } from './client.ts'

export const scenario: Scenario = {
  system: 'toku',
  code: '-305',
  title: 'List the numbers for sale without a country',
  async run(world) {
    const answer = await ask(world, 'GET', '/number/v1/available')
    refused(answer, {
      status: 400,
      reason: 'request.parameter_missing',
      body: { result: -305, result_desc: 'parameter missing', param: 'country' },
    })
  },
}
