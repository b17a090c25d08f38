import type { Scenario } from '../scenario.ts'
import { ask, refused } from './client.ts'

export const scenario: Scenario = {
  system: 'aculab',
  code: '0002',
  title: 'Write a country with digits',
  async run(world) {
    const answer = await ask(world, 'GET', '/tel_purchase?country=G3rmany&region=Berlin')
    refused(answer, { code: '0002', status: 400, reason: 'request.parameter_invalid', text: /\bcountry\b/, url: '/tel_purchase' })
  },
}
