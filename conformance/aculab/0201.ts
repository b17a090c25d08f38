import type { Scenario } from '../scenario.ts'
import { ask, refused } from './client.ts'

export const scenario: Scenario = {
  system: 'aculab',
  code: '0201',
  title: 'Buy a type of number that does not exist',
  async run(world) {
    const answer = await ask(world, 'GET', '/tel_purchase?country=Germany&region=Berlin&did_type=satellite')
    refused(answer, { code: '0201', status: 400, reason: 'number.type_invalid', text: /satellite/, url: '/tel_purchase' })
  },
}
