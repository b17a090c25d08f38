import assert from 'node:assert/strict'
import type { Scenario } from '../scenario.ts'
import { ask, changeAccount, refused } from './client.ts'

export const scenario: Scenario = {
  system: 'aculab',
  code: '0801',
  title: 'Ask for one more token than a Developer account may have in a month',
  // The tokens of the month stay counted.
  server: {},
  async run(world) {
    const limits = { keyPerSecond: 5000, accountPerSecond: 5000 }
    await changeAccount(world, { kind: 'developer', settings: { limits } })
    const url = '/webrtc_generate_token'
    const next = () => ask(world, 'GET', `${url}?client_id=alice`)
    for (let had = 0; had < 1000; had += 50) {
      const answers = await Promise.all(Array.from({ length: 50 }, next))
      for (const answer of answers) assert.equal(answer.status, 200, answer.text)
    }
    const answer = await next()
    world.keep(answer)
    refused(answer, { code: '0801', status: 400, reason: 'trial.quota_reached', text: /1000 of tokens/, url })
  },
}
