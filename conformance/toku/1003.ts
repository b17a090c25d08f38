import type { Scenario } from '../scenario.ts'
import { acquire, ask, refused } from './client.ts'

export const scenario: Scenario = {
  system: 'toku',
  code: '-1003',
  title: 'Acquire a number that one has already',
  async run(world) {
    await acquire(world, '6531580003')
    const answer = await ask(world, 'POST', '/number/v1/numbers', { number: '6531580003' })
    refused(answer, {
      status: 409,
      reason: 'number.occupied',
      body: { result: -1003, result_desc: 'number occupied', number: '6531580003' },
    })
  },
}
