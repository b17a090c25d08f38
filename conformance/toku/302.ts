import type { Scenario } from '../scenario.ts'
import { ask, refused } from './client.ts'

export const scenario: Scenario = {
  system: 'toku',
  code: '-302',
  title: 'Acquire a number without saying which',
  async run(world) {
    const answer = await ask(world, 'POST', '/number/v1/numbers', { months: 1, reference_id: 'trip-2' })
    refused(answer, {
      status: 400,
      reason: 'request.parameter_missing',
      body: { result: -302, result_desc: 'payload key missing', param: 'number', reference_id: 'trip-2' },
    })
  },
}
