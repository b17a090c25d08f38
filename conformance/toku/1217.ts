import type { Scenario } from '../scenario.ts'
import { ask, refused } from './client.ts'
import { addTrunk, called, setUp } from './engine.ts'

export const scenario: Scenario = {
  system: 'toku',
  code: '-1217',
  title: 'Confirm a route with the session of another call in the body',
  async run(world) {
    await addTrunk(world, called('-1217', ''))
    const { id: session_id, path, routes } = await setUp(world, called('-1217'))
    const other = await setUp(world, called('-1217', '02'))
    const answer = await ask(world, 'POST', `${path}/route`, { session_id: other.id, route_id: routes[0]!.route_id })
    refused(answer, {
      status: 409,
      reason: 'call.session_mismatch',
      body: { result: -1217, result_desc: 'call session mismatch', session_id },
    })
  },
}
