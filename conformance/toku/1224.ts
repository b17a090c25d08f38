import type { Scenario } from '../scenario.ts'
import { ask, refused } from './client.ts'
import { addTrunk, called, ownNumber } from './engine.ts'

export const scenario: Scenario = {
  system: 'toku',
  code: '-1224',
  title: 'Set up a call with a charging block of no seconds',
  async run(world) {
    const calling_party = await ownNumber(world)
    await addTrunk(world, called('-1224', ''))
    const wish = { calling_party, called_party: called('-1224') }
    for (const charging_block of ['0/1', '60/0', '-6/6', '1.5/1', '60']) {
      const answer = await ask(world, 'POST', '/call/v1/sessions', { ...wish, charging_block })
      refused(answer, {
        status: 400,
        reason: 'rating.charging_block_invalid',
        body: { result: -1224, result_desc: 'invalid charging block' },
      })
      world.keep(answer)
    }
  },
}
