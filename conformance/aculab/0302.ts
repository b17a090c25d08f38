import assert from 'node:assert/strict'
import type { Scenario } from '../scenario.ts'
import { ask, refused } from './client.ts'

export const scenario: Scenario = {
  system: 'aculab',
  code: '0302',
  title: 'Take a number off the whitelist twice',
  server: {},
  async run(world) {
    assert.deepEqual((await ask(world, 'GET', '/tel_whitelist_add?number=447400123456')).json, { number: '447400123456' })
    assert.deepEqual((await ask(world, 'GET', '/tel_whitelist_list')).json, ['447400123456'])
    const path = '/tel_whitelist_delete?number=447400123456'
    assert.equal((await ask(world, 'GET', path)).status, 200)
    const answer = await ask(world, 'GET', path)
    refused(answer, {
      code: '0302',
      status: 400,
      reason: 'number.not_in_whitelist',
      text: /447400123456/,
      url: '/tel_whitelist_delete',
    })
  },
}
