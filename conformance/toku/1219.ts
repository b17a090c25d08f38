import type { Scenario } from '../scenario.ts'
import { ask, refused } from './client.ts'
import { addTrunk, called, confirmed } from './engine.ts'

export const scenario: Scenario = {
  system: 'toku',
  code: '-1219',
  title: 'Confirm the route of a call twice',
  async run(world) {
    await addTrunk(world, called('-1219', ''))
    const { id: session_id, path, routes } = await confirmed(world, called('-1219'))
    const answer = await ask(world, 'POST', `${path}/route`, { route_id: routes[0]!.route_id })
    refused(answer, {
      status: 409,
      reason: 'routing.route_already_confirmed',
      body: { result: -1219, result_desc: 'route already confirmed', session_id },
    })
  },
}
