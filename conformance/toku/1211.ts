import type { Scenario } from '../scenario.ts'
import { accepted, ask, refused } from './client.ts'
import { serving } from './engine.ts'

export const scenario: Scenario = {
  system: 'toku',
  code: '-1211',
  title: 'Mask two parties by a secret number that one of them is bound to already',
  async run(world) {
    const secret_number = await serving(world, '6531580010', 'SECRET_NUMBER')
    const party_a = '12125550131'
    const first = { secret_number, party_a, party_b: '12125550132' }
    accepted(await ask(world, 'POST', '/masking/v1/sessions', first))
    const answer = await ask(world, 'POST', '/masking/v1/sessions', { ...first, party_b: '12125550133' })
    refused(answer, {
      status: 400,
      reason: 'masking.secret_number_invalid',
      body: { result: -1211, result_desc: 'invalid secret number', secret_number },
    })
  },
}
