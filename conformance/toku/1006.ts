import type { Scenario } from '../scenario.ts'
import { ask, refused } from './client.ts'

export const scenario: Scenario = {
  system: 'toku',
  code: '-1006',
  title: 'Acquire a number for another price than it is offered at',
  async run(world) {
    const answer = await ask(world, 'POST', '/number/v1/numbers', { number: '6531580006', price: 0.5 })
    refused(answer, {
      status: 409,
      reason: 'number.price_invalid',
      body: { result: -1006, result_desc: 'number price invalid', number: '6531580006', price: '2' },
    })
  },
}
