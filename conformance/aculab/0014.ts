import assert from 'node:assert/strict'
import type { Scenario } from '../scenario.ts'
import { ask, refused } from './client.ts'

export const scenario: Scenario = {
  system: 'aculab',
  code: '0014',
  title: 'Delete where only GET and POST are taken',
  async run(world) {
    const answer = await ask(world, 'DELETE', '/tel_list_numbers')
    refused(answer, { code: '0014', status: 405, reason: 'api.method_not_allowed', text: /GET, POST/, url: '/tel_list_numbers' })
    assert.equal(answer.headers.get('allow'), 'GET, POST')
  },
}
