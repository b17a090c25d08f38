import type { Scenario } from '../scenario.ts'
import { ask, refused } from './client.ts'
import { addTrunk, called, ownNumber, payBy } from './engine.ts'

export const scenario: Scenario = {
  system: 'toku',
  code: '-1302',
  title: 'Set up a call whose rate was damaged in the database',
  server: {},
  async run(world) {
    const calling_party = await ownNumber(world)
    await addTrunk(world, called('-1302', ''))
    await payBy(world, 'service,prefix,price,per,first,next\ncall,1,0.02,60,60,60')
    await world.operator.sql("update rates set price_micro = -20000 where service = 'call'")
    const answer = await ask(world, 'POST', '/call/v1/sessions', { calling_party, called_party: called('-1302') })
    refused(answer, {
      status: 422,
      reason: 'rating.charge_rate_invalid',
      body: { result: -1302, result_desc: 'invalid charge rate' },
    })
  },
}
