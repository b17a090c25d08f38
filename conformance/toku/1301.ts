import type { Scenario } from '../scenario.ts'
import { ask, refused } from './client.ts'
import { addTrunk, called, ownNumber, payBy } from './engine.ts'

export const scenario: Scenario = {
  system: 'toku',
  code: '-1301',
  title: 'Set up a call while the deck of the account has no rate for calls at all',
  server: {},
  async run(world) {
    const calling_party = await ownNumber(world)
    await addTrunk(world, called('-1301', ''))
    await payBy(world, 'service,prefix,price\nsms,,0.01')
    const answer = await ask(world, 'POST', '/call/v1/sessions', { calling_party, called_party: called('-1301') })
    refused(answer, {
      status: 422,
      reason: 'rating.no_rate',
      body: { result: -1301, result_desc: 'no charge rate found' },
    })
  },
}
