import type { Scenario } from '../scenario.ts'
import { ask, refused } from './client.ts'

export const scenario: Scenario = {
  system: 'aculab',
  code: '0028',
  title: 'Name a state for a toll-free number',
  async run(world) {
    const answer = await ask(world, 'GET', '/tel_purchase?country=United+States&region=888&did_type=tollfree&state=Ohio')
    refused(answer, { code: '0028', status: 400, reason: 'number.state_not_applicable', text: /Ohio/, url: '/tel_purchase' })
  },
}
