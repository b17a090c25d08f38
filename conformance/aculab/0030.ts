import type { Scenario } from '../scenario.ts'
import { ask, refused } from './client.ts'

export const scenario: Scenario = {
  system: 'aculab',
  code: '0030',
  title: 'Say which phones may call a number that is not toll-free',
  async run(world) {
    const answer = await ask(world, 'GET', '/tel_purchase?country=Germany&region=Berlin&did_type=geographic&payphone_cpc=True')
    refused(answer, {
      code: '0030',
      status: 400,
      reason: 'request.parameters_exclusive',
      text: /payphone_cpc.*did_type/,
      url: '/tel_purchase',
    })
  },
}
