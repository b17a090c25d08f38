import type { Scenario } from '../scenario.ts'
import { ask, refused } from './client.ts'

export const scenario: Scenario = {
  system: 'aculab',
  code: '0202',
  title: 'Buy a toll-free number that no phone may call',
  async run(world) {
    const answer = await ask(
      world,
      'GET',
      '/tel_purchase?country=United+States&region=888&did_type=tollfree&ordinary_cpc=F&cellular_cpc=0&payphone_cpc=False',
    )
    refused(answer, { code: '0202', status: 400, reason: 'number.tollfree_no_caller_type', text: /caller/, url: '/tel_purchase' })
  },
}
