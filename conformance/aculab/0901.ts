import assert from 'node:assert/strict'
import type { Scenario } from '../scenario.ts'
import { ask, changeAccount, refused } from './client.ts'

export const scenario: Scenario = {
  system: 'aculab',
  code: '0901',
  title: 'Buy a number of another country on trial',
  server: {},
  async run(world) {
    await changeAccount(world, { kind: 'trial', settings: { country: 'US' } })
    const answer = await ask(world, 'GET', '/tel_purchase?country=United+Kingdom&region=London')
    refused(answer, {
      code: '0901',
      status: 400,
      reason: 'trial.number_restricted',
      text: /country/,
      url: '/tel_purchase',
    })
    const own = await ask(world, 'GET', '/tel_purchase?country=United+States&state=Arkansas&region=Little+Rock')
    assert.equal(own.json.count, 1, own.text)
    world.keep(answer)
  },
}
