import type { Scenario } from '../scenario.ts'
import { ask, refused } from './client.ts'

export const scenario: Scenario = {
  system: 'toku',
  code: '-301',
  title: 'Ask for a page with a limit that is no number',
  async run(world) {
    const answer = await ask(world, 'GET', '/number/v1/available?country=SG&limit=many')
    refused(answer, {
      status: 400,
      reason: 'request.parameter_invalid',
      body: { result: -301, result_desc: 'invalid parameter', param: 'limit' },
    })
  },
}
