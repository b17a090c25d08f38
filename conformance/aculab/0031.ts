import assert from 'node:assert/strict'
import type { Scenario } from '../scenario.ts'
import { ask, refused } from './client.ts'

export const scenario: Scenario = {
  system: 'aculab',
  code: '0031',
  title: 'Create a service, and create it again without leave to replace it',
  async run(world) {
    const create = () => ask(world, 'PUT', '/service/v1/inbound/Hotline-31', { body: {}, headers: { 'if-none-match': '*' } })
    const first = await create()
    assert.equal(first.status, 200, first.text)
    const second = await create()
    refused(second, {
      code: '0031',
      status: 409,
      reason: 'resource.value_not_unique',
      text: /Hotline-31.*service_name/,
      url: '/service/v1/inbound/Hotline-31',
    })
    const other = await ask(world, 'PUT', '/service/v1/inbound/Hotline-31', { body: {} })
    assert.equal(other.status, 200, 'with leave it is replaced')
    world.keep(second)
  },
}
