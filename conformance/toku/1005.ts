import assert from 'node:assert/strict'
import type { Scenario } from '../scenario.ts'
import { acquire, ask, refused } from './client.ts'

export const scenario: Scenario = {
  system: 'toku',
  code: '-1005',
  title: 'Subscribe a number that was switched off',
  async run(world) {
    const number = '6531580005'
    const path = await acquire(world, number)
    const { id } = (await world.api('GET', `/numbers/by-number/+${number}`)).json
    assert.equal((await world.api('PUT', `/numbers/${id}/active`, { active: false })).json.status, 'inactive')
    const answer = await ask(world, 'POST', `${path}/services`, { service_id: 'SMS' })
    refused(answer, {
      status: 409,
      reason: 'number.not_active',
      body: { result: -1005, result_desc: 'number not active', number },
    })
    assert.equal((await ask(world, 'GET', path)).json.state, 'inactive')
    world.keep(answer)
  },
}
