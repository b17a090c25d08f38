import type { Scenario } from '../scenario.ts'
import { ask, refused } from './client.ts'

export const scenario: Scenario = {
  system: 'aculab',
  code: '0001',
  title: 'Buy a number without naming a region',
  async run(world) {
    const answer = await ask(world, 'GET', '/tel_purchase?country=Germany')
    refused(answer, { code: '0001', status: 400, reason: 'request.parameter_missing', text: /\bregion\b/, url: '/tel_purchase' })
  },
}
