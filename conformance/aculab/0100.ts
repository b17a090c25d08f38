import assert from 'node:assert/strict'
import type { Scenario } from '../scenario.ts'
import { ask, changeAccount, refused } from './client.ts'

export const scenario: Scenario = {
  system: 'aculab',
  code: '0100',
  title: 'Buy a number as a developer account',
  server: {},
  async run(world) {
    await changeAccount(world, { kind: 'developer' })
    const answer = await ask(world, 'GET', '/tel_purchase?country=Germany&region=Berlin')
    refused(answer, { code: '0100', status: 400, reason: 'account.upgrade_required', text: /developer/, url: '/tel_purchase' })
    const free = await ask(world, 'GET', '/tel_purchase_development')
    assert.equal(free.json.count, 1, free.text)
    world.keep(answer)
  },
}
