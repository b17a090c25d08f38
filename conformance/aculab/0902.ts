import type { Scenario } from '../scenario.ts'
import { ask, changeAccount, refused } from './client.ts'

export const scenario: Scenario = {
  system: 'aculab',
  code: '0902',
  title: 'Buy a toll-free number on trial',
  server: {},
  async run(world) {
    await changeAccount(world, { kind: 'trial', settings: { country: 'US' } })
    const answer = await ask(world, 'GET', '/tel_purchase?country=United+States&region=888&did_type=tollfree')
    refused(answer, { code: '0902', status: 400, reason: 'trial.number_restricted', text: /type/, url: '/tel_purchase' })
  },
}
