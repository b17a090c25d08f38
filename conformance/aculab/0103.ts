import type { Scenario } from '../scenario.ts'
import { ask, refused } from './client.ts'

export const scenario: Scenario = {
  system: 'aculab',
  code: '0103',
  title: 'List the numbers of a user that does not exist',
  async run(world) {
    const answer = await ask(world, 'GET', '/tel_list_numbers?username=nobody@example.com')
    refused(answer, {
      code: '0103',
      status: 404,
      reason: 'account.user_unknown',
      text: /nobody@example\.com/,
      url: '/tel_list_numbers',
    })
  },
}
