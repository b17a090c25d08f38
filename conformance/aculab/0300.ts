import type { Scenario } from '../scenario.ts'
import { ask, refused } from './client.ts'

export const scenario: Scenario = {
  system: 'aculab',
  code: '0300',
  title: 'Delete a number that nobody owns, and one that does not exist',
  async run(world) {
    for (const number of ['14155550139', '491500000000']) {
      const answer = await ask(world, 'GET', `/tel_delete_numbers?numbers=${number}`)
      refused(answer, {
        code: '0300',
        status: 400,
        reason: 'number.not_owned',
        text: new RegExp(number),
        url: '/tel_delete_numbers',
      })
    }
  },
}
