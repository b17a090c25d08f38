import type { Scenario } from '../scenario.ts'
import { ask, refused } from './client.ts'

export const scenario: Scenario = {
  system: 'aculab',
  code: '0301',
  title: 'Switch messaging off for a number that nobody owns, and for one that does not exist',
  async run(world) {
    for (const number of ['14155550139', '491500000000']) {
      const answer = await ask(world, 'GET', `/tel_update_number?number=${number}&messaging=F`)
      refused(answer, {
        code: '0301',
        status: 400,
        reason: 'number.not_found',
        text: new RegExp(number),
        url: '/tel_update_number',
      })
    }
  },
}
