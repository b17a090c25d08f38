import assert from 'node:assert/strict'
import type { Scenario } from '../scenario.ts'
import { ask, refused } from './client.ts'

export const scenario: Scenario = {
  system: 'aculab',
  code: '0710',
  title: 'Ask who wants no messages, by both sides at once',
  async run(world) {
    const answer = await ask(world, 'GET', '/msg_optouts?to=14155550142&from=14155550139')
    refused(answer, { code: '0710', status: 400, reason: 'request.parameters_exclusive', text: /to.*from/, url: '/msg_optouts' })
    const one = await ask(world, 'GET', '/msg_optouts?to=14155550142')
    assert.deepEqual(one.json, [])
    world.keep(answer)
  },
}
