import type { Scenario } from '../scenario.ts'
import { ask, refused } from './client.ts'

export const scenario: Scenario = {
  system: 'aculab',
  code: '0021',
  title: 'Send a query that is no UTF-8',
  async run(world) {
    const answer = await ask(world, 'GET', '/tel_purchase?country=%FF&region=Berlin')
    refused(answer, { code: '0021', status: 400, reason: 'request.encoding_mismatch', text: /UTF-8/, url: '/tel_purchase' })
  },
}
