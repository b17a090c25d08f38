import type { Scenario } from '../scenario.ts'
import { ask, refused } from './client.ts'
import { addTrunk, called, ownNumber, payBy } from './engine.ts'

export const scenario: Scenario = {
  system: 'toku',
  code: '-1214',
  title: 'Set up a call that the deck of the account has no rate for',
  server: {},
  async run(world) {
    const calling_party = await ownNumber(world)
    await addTrunk(world, called('-1214', ''))
    await payBy(world, 'service,prefix,price,per,first,next\ncall,44,0.02,60,60,60')
    const answer = await ask(world, 'POST', '/call/v1/sessions', { calling_party, called_party: called('-1214') })
    refused(answer, {
      status: 422,
      reason: 'rating.no_rate',
      body: { result: -1214, result_desc: 'no charge rate found' },
    })
  },
}
