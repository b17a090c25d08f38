import assert from 'node:assert/strict'
import type { Scenario } from '../scenario.ts'
import { ask, refused } from './client.ts'

export const scenario: Scenario = {
  system: 'aculab',
  code: '1001',
  title: 'Read a service whose row in the database is damaged',
  server: {},
  async run(world) {
    const created = await ask(world, 'PUT', '/service/v1/inbound/Damaged', { body: {} })
    assert.equal(created.status, 200, created.text)
    await world.operator.sql(`update applications set detail = '{"configuration":' where name = 'Damaged'`)
    const answer = await ask(world, 'GET', '/service/v1/inbound/Damaged')
    refused(answer, {
      code: '1001',
      status: 500,
      reason: 'platform.internal_error',
      text: /./,
      url: '/service/v1/inbound/Damaged',
    })
    const other = await ask(world, 'GET', '/tel_list_numbers')
    assert.equal(other.status, 200, 'the rest goes on')
    world.keep(answer)
  },
}
