import type { Scenario } from '../scenario.ts'
import { ask, refused } from './client.ts'

export const scenario: Scenario = {
  system: 'aculab',
  code: '0007',
  title: 'Answer a yes-or-no parameter with yes',
  async run(world) {
    const answer = await ask(world, 'GET', '/tel_purchase?country=Germany&region=Berlin&allow_partial=yes')
    refused(answer, {
      code: '0007',
      status: 400,
      reason: 'request.boolean_invalid',
      text: /\ballow_partial\b/,
      url: '/tel_purchase',
    })
  },
}
