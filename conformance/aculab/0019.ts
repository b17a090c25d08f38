import type { Scenario } from '../scenario.ts'
import { ask, refused } from './client.ts'

export const scenario: Scenario = {
  system: 'aculab',
  code: '0019',
  title: 'POST without a body',
  async run(world) {
    const answer = await ask(world, 'POST', '/tel_purchase')
    refused(answer, { code: '0019', status: 400, reason: 'request.body_empty', text: /empty/, url: '/tel_purchase' })
  },
}
