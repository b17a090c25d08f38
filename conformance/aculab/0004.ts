import type { Scenario } from '../scenario.ts'
import { ask, refused } from './client.ts'

export const scenario: Scenario = {
  system: 'aculab',
  code: '0004',
  title: 'Buy no numbers at all: a quantity of 0',
  async run(world) {
    const answer = await ask(world, 'GET', '/tel_purchase?country=Germany&region=Berlin&quantity=0')
    refused(answer, { code: '0004', status: 400, reason: 'request.parameter_zero', text: /\bquantity\b/, url: '/tel_purchase' })
  },
}
