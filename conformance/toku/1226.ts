import type { Scenario } from '../scenario.ts'
import { accepted, ask, refused } from './client.ts'
import { serving } from './engine.ts'

export const scenario: Scenario = {
  system: 'toku',
  code: '-1226',
  title: 'Set up a call to a secret number for somebody whom it masks from nobody',
  async run(world) {
    const secret_number = await serving(world, '6531580014', 'SECRET_NUMBER')
    const parties = { secret_number, party_a: '12125550134', party_b: '12125550135' }
    accepted(await ask(world, 'POST', '/masking/v1/sessions', parties))
    const setup = { calling_party: '12125550136', called_party: secret_number }
    const answer = await ask(world, 'POST', '/call/v1/sessions', setup)
    refused(answer, {
      status: 404,
      reason: 'masking.subscriber_not_found',
      body: { result: -1226, result_desc: 'subscriber not found' },
    })
  },
}
