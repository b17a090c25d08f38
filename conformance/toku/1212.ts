import type { Scenario } from '../scenario.ts'
import { ask, refused } from './client.ts'
import { called, ownNumber } from './engine.ts'
import { removeRoutes } from './gateways.ts'

export const scenario: Scenario = {
  system: 'toku',
  code: '-1212',
  title: 'Set up a call to a number that no route leads to',
  server: {},
  async run(world) {
    await removeRoutes(world)
    const calling_party = await ownNumber(world)
    const answer = await ask(world, 'POST', '/call/v1/sessions', { calling_party, called_party: called('-1212') })
    refused(answer, {
      status: 422,
      reason: 'routing.no_route',
      body: { result: -1212, result_desc: 'no route found' },
    })
  },
}
