import type { Scenario } from '../scenario.ts'
import { ask, refused } from './client.ts'

export const scenario: Scenario = {
  system: 'aculab',
  code: '0029',
  title: 'Send a parameter that the operation does not know',
  async run(world) {
    const answer = await ask(world, 'GET', '/tel_purchase?country=Germany&region=Berlin&colour=red')
    refused(answer, { code: '0029', status: 400, reason: 'request.parameter_unknown', text: /\bcolour\b/, url: '/tel_purchase' })
  },
}
