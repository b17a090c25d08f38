import type { Scenario } from '../scenario.ts'
import { ask, refused } from './client.ts'

export const scenario: Scenario = {
  system: 'aculab',
  code: '0003',
  title: 'Send the same parameter twice',
  async run(world) {
    const answer = await ask(world, 'GET', '/tel_purchase?country=Germany&region=Berlin&quantity=1&quantity=2')
    refused(answer, {
      code: '0003',
      status: 400,
      reason: 'request.parameter_repeated',
      text: /\bquantity\b/,
      url: '/tel_purchase',
    })
  },
}
