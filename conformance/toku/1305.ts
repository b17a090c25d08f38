import type { Scenario } from '../scenario.ts'
import { ask, refused } from './client.ts'
import { addCarrier, addRoute, called, ownNumber } from './engine.ts'
import { removeRoutes } from './gateways.ts'

export const scenario: Scenario = {
  system: 'toku',
  code: '-1305',
  title: 'Set up a call whose route leads to a carrier that is switched off',
  server: {},
  async run(world) {
    await removeRoutes(world)
    const calling_party = await ownNumber(world)
    const carrierId = await addCarrier(world, { gateways: '127.0.0.1:9' }, { enabled: false })
    await addRoute(world, carrierId, called('-1305', ''))
    const answer = await ask(world, 'POST', '/call/v1/sessions', { calling_party, called_party: called('-1305') })
    refused(answer, {
      status: 502,
      reason: 'routing.vendor_not_found',
      body: { result: -1305, result_desc: 'API vendor not found' },
    })
  },
}
