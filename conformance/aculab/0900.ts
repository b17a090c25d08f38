import type { Scenario } from '../scenario.ts'
import { ask, changeAccount, refused } from './client.ts'

export const scenario: Scenario = {
  system: 'aculab',
  code: '0900',
  title: 'Buy a number when the trial is over',
  server: {},
  async run(world) {
    await changeAccount(world, { kind: 'trial', settings: { trialEndsAt: '2020-02-02T00:00:00Z' } })
    const answer = await ask(world, 'GET', '/tel_purchase?country=United+States&state=Arkansas&region=Little+Rock')
    refused(answer, { code: '0900', status: 400, reason: 'trial.expired', text: /2020-02-02/, url: '/tel_purchase' })
  },
}
