import assert from 'node:assert/strict'
import type { Scenario } from '../scenario.ts'
import { ask, refused } from './client.ts'

export const scenario: Scenario = {
  system: 'toku',
  code: '-1007',
  title: 'Read a number that another account has',
  async run(world) {
    const bought = await world.operatorApi('POST', '/numbers', { number: '+6531580007' })
    assert.equal(bought.status, 201, bought.text)
    const answer = await ask(world, 'GET', '/number/v1/numbers/6531580007')
    refused(answer, {
      status: 403,
      reason: 'number.not_owned',
      body: { result: -1007, result_desc: 'unauthorized access to this number', number: '6531580007' },
    })
  },
}
