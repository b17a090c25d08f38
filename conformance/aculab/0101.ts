import assert from 'node:assert/strict'
import type { Scenario } from '../scenario.ts'
import { ask, refused } from './client.ts'

export const scenario: Scenario = {
  system: 'aculab',
  code: '0101',
  title: 'Buy three numbers with credit for two',
  server: {},
  async run(world) {
    const { accountId, availableMicro, currency } = (await world.api('GET', '/balance')).json
    const taken = { accountId, kind: 'withdrawal', amountMicro: availableMicro - 2_500_000, currency }
    assert.equal((await world.operatorApi('POST', '/credit-transfers', taken)).status, 201)
    const path = '/tel_purchase?country=United%20States&state=California&region=San%20Francisco'
    const answer = await ask(world, 'GET', `${path}&quantity=3`)
    // The text says how much is needed.
    refused(answer, {
      code: '0101',
      status: 403,
      reason: 'credit.insufficient',
      text: /\b3\.00 USD are needed, 2\.50 USD are there/,
      url: '/tel_purchase',
    })
    const fewer = await ask(world, 'GET', `${path}&quantity=2`)
    assert.equal(fewer.json.count, 2, fewer.text)
    world.keep(answer)
  },
}
