import type { Scenario } from '../scenario.ts'
import { ask, refused } from './client.ts'
import { addTrunk, called, setUp } from './engine.ts'

export const scenario: Scenario = {
  system: 'toku',
  code: '-1218',
  title: 'Confirm a route that leads elsewhere and was not offered',
  async run(world) {
    await addTrunk(world, called('-1218', ''))
    await addTrunk(world, '12125518')
    const { id: session_id, path } = await setUp(world, called('-1218'))
    const other = await setUp(world, '12125518001')
    const answer = await ask(world, 'POST', `${path}/route`, { route_id: other.routes[0]!.route_id })
    refused(answer, {
      status: 409,
      reason: 'routing.route_mismatch',
      body: { result: -1218, result_desc: 'call route mismatch', session_id },
    })
  },
}
