import assert from 'node:assert/strict'
import type { Scenario } from '../scenario.ts'
import { ask, refused } from './client.ts'

export const scenario: Scenario = {
  system: 'aculab',
  code: '0709',
  title: 'Ask who wants no messages, from nobody in particular',
  async run(world) {
    const answer = await ask(world, 'GET', '/msg_optouts')
    refused(answer, { code: '0709', status: 400, reason: 'request.one_of_required', text: /to.*from/, url: '/msg_optouts' })
    const one = await ask(world, 'GET', '/msg_optouts?to=14155550142')
    assert.deepEqual(one.json, [])
    world.keep(answer)
  },
}
