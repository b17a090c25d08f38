import type { Scenario } from '../scenario.ts'
import { ask, refused } from './client.ts'
import { addTrunk, called, ownNumber, payBy, payCarrierBy } from './engine.ts'
import { removeRoutes } from './gateways.ts'

export const scenario: Scenario = {
  system: 'toku',
  code: '-1215',
  title: 'Set up a call that the deck of the only carrier has no rate for',
  server: {},
  async run(world) {
    await removeRoutes(world)
    const calling_party = await ownNumber(world)
    const { carrierId } = await addTrunk(world, called('-1215', ''))
    await payBy(world, 'service,prefix,price,per,first,next\ncall,1,0.02,60,60,60')
    await payCarrierBy(world, carrierId, 'service,prefix,price,per,first,next\ncall,44,0.01,60,1,1')
    const answer = await ask(world, 'POST', '/call/v1/sessions', { calling_party, called_party: called('-1215') })
    refused(answer, {
      status: 422,
      reason: 'rating.no_rate',
      body: { result: -1215, result_desc: 'no route rate found' },
    })
  },
}
