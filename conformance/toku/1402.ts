import assert from 'node:assert/strict'
import type { Scenario } from '../scenario.ts'
import { ask, refused } from './client.ts'

export const scenario: Scenario = {
  system: 'toku',
  code: '-1402',
  title: 'Make a VoIP group under a name that another account has',
  async run(world) {
    const made = await world.operatorApi('POST', '/client-groups', { name: 'theirs' })
    assert.equal(made.status, 201, made.text)
    const answer = await ask(world, 'POST', '/voip/v1/groups', { group: 'theirs' })
    refused(answer, {
      status: 409,
      reason: 'voip_user.group_taken',
      body: { result: -1402, result_desc: 'voip user group has been taken', group: 'theirs' },
    })
  },
}
