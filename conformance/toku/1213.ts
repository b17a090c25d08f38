import type { Scenario } from '../scenario.ts'
import { ask, refused } from './client.ts'
import { addCarrier, addRoute, called, ownNumber, trunkIs } from './engine.ts'
import { removeRoutes } from './gateways.ts'

export const scenario: Scenario = {
  system: 'toku',
  code: '-1213',
  title: 'Set up a call whose only trunk is down',
  server: {},
  async run(world) {
    await removeRoutes(world)
    const calling_party = await ownNumber(world)
    // A gateway that says it takes nothing at present.
    const busy = await world.phone()
    busy.health = 503
    const gateways = `127.0.0.1:${busy.port}`
    const carrierId = await addCarrier(world, { gateways, optionsSeconds: 1, downAfter: 1 })
    await addRoute(world, carrierId, called('-1213', ''))
    await trunkIs(world, carrierId, 'down')
    const answer = await ask(world, 'POST', '/call/v1/sessions', { calling_party, called_party: called('-1213') })
    refused(answer, {
      status: 503,
      reason: 'routing.no_route_available',
      body: { result: -1213, result_desc: 'no available route found' },
    })
  },
}
