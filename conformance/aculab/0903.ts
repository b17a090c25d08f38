import assert from 'node:assert/strict'
import type { Scenario } from '../scenario.ts'
import { ask, changeAccount, refused } from './client.ts'

export const scenario: Scenario = {
  system: 'aculab',
  code: '0903',
  title: 'Buy one number more than a trial may own',
  server: {},
  async run(world) {
    const owned = (await ask(world, 'GET', '/tel_list_numbers')).json.length
    await changeAccount(world, { kind: 'trial', settings: { country: 'US', limits: { trialNumbers: owned + 1 } } })
    const path = '/tel_purchase?country=United+States&state=Arkansas&region=Little+Rock'
    const bought = await ask(world, 'GET', path)
    assert.equal(bought.json.count, 1, bought.text)
    const answer = await ask(world, 'GET', path)
    refused(answer, { code: '0903', status: 400, reason: 'trial.quota_reached', text: /numbers/, url: '/tel_purchase' })
  },
}
