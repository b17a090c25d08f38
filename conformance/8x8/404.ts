import type { Scenario } from '../scenario.ts'
import { ask, refused } from './client.ts'

export const scenario: Scenario = {
  system: '8x8',
  code: '404',
  title: 'Ask for a batch of contacts that nobody handed in',
  async run(world) {
    const answer = await ask(world, 'GET', '~/batches/11111111-2222-4333-8444-555555555555')
    refused(answer, { status: 404, code: 4018, reason: 'resource.not_found', text: /batch/ })
  },
}
