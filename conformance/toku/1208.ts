import type { Scenario } from '../scenario.ts'
import { ask, refused } from './client.ts'

export const scenario: Scenario = {
  system: 'toku',
  code: '-1208',
  title: 'Confirm a route of a session that never was',
  async run(world) {
    const session_id = '9007199254740000'
    const answer = await ask(world, 'POST', `/call/v1/sessions/${session_id}/route`, { route_id: '1' })
    refused(answer, {
      status: 404,
      reason: 'session.not_found',
      body: { result: -1208, result_desc: 'session not found', session_id },
    })
  },
}
