import type { Scenario } from '../scenario.ts'
import { ask, refused } from './client.ts'

export const scenario: Scenario = {
  system: 'aculab',
  code: '0024',
  title: 'Delete a list of numbers with a gap in it',
  async run(world) {
    const answer = await ask(world, 'GET', '/tel_delete_numbers?numbers=441908273800//441908273801')
    refused(answer, {
      code: '0024',
      status: 400,
      reason: 'request.list_element_empty',
      text: /\bnumbers\b/,
      url: '/tel_delete_numbers',
    })
  },
}
