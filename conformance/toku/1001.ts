import type { Scenario } from '../scenario.ts'
import { ask, refused } from './client.ts'

export const scenario: Scenario = {
  system: 'toku',
  code: '-1001',
  title: 'Acquire a number that is none',
  async run(world) {
    const answer = await ask(world, 'POST', '/number/v1/numbers', { number: '12' })
    refused(answer, {
      status: 404,
      reason: 'number.invalid',
      body: { result: -1001, result_desc: 'invalid number', number: '12' },
    })
  },
}
