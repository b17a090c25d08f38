import type { Scenario } from '../scenario.ts'
import { ask, refused } from './client.ts'

export const scenario: Scenario = {
  system: 'toku',
  code: '-211',
  title: 'Call a path that does not exist',
  async run(world) {
    const answer = await ask(world, 'GET', '/number/v1/nowhere')
    refused(answer, {
      status: 404,
      reason: 'api.endpoint_unknown',
      body: { result: -211, result_desc: 'unhandle resources exception' },
    })
  },
}
