import type { Scenario } from '../scenario.ts'
import { ask, refused } from './client.ts'

export const scenario: Scenario = {
  system: 'aculab',
  code: '0023',
  title: 'Buy a number in a region without a name',
  async run(world) {
    const answer = await ask(world, 'GET', '/tel_purchase?country=Germany&region=')
    refused(answer, { code: '0023', status: 400, reason: 'request.parameter_empty', text: /\bregion\b/, url: '/tel_purchase' })
  },
}
