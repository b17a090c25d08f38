import type { Scenario } from '../scenario.ts'
import { ask, refused } from './client.ts'

export const scenario: Scenario = {
  system: 'toku',
  code: '-1004',
  title: 'Give back a number that nobody has',
  async run(world) {
    const answer = await ask(world, 'DELETE', '/number/v1/numbers/6531580004')
    refused(answer, {
      status: 409,
      reason: 'number.not_occupied',
      body: { result: -1004, result_desc: 'number not occupied', number: '6531580004' },
    })
  },
}
