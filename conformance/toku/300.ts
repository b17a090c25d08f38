import type { Scenario } from '../scenario.ts'
import { ask, refused } from './client.ts'

export const scenario: Scenario = {
  system: 'toku',
  code: '-300',
  title: 'Send a list where an object with named keys is expected',
  async run(world) {
    const answer = await ask(world, 'POST', '/number/v1/numbers', ['6531580001'])
    refused(answer, { status: 400, reason: 'request.unparsable', body: { result: -300, result_desc: 'invalid payload' } })
  },
}
