import type { Scenario } from '../scenario.ts'
import { ask, refused } from './client.ts'

export const scenario: Scenario = {
  system: 'toku',
  code: '-1210',
  title: 'Hang up a call that never was',
  async run(world) {
    const session_id = '9007199254740000'
    for (const method of ['GET', 'DELETE']) {
      const answer = await ask(world, method, `/call/v1/calls/${session_id}`)
      refused(answer, {
        status: 404,
        reason: 'call.not_found',
        body: { result: -1210, result_desc: 'call session not found', session_id },
      })
    }
  },
}
