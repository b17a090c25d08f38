import assert from 'node:assert/strict'
import type { Scenario } from '../scenario.ts'
import { oneOfMany, refused, saysWhen } from './client.ts'

export const scenario: Scenario = {
  system: 'aculab',
  code: '1005',
  title: 'Ask when everybody together asks faster than the platform takes',
  server: {},
  async run(world) {
    const { accountId } = (await world.operatorApi('GET', '/whoami')).json
    const changed = await world.operatorApi('PATCH', `/accounts/${accountId}`, { settings: { limits: { platformPerSecond: 1 } } })
    assert.equal(changed.status, 200, changed.text)
    const answer = await oneOfMany(world, 6, '1005')
    refused(answer, { code: '1005', status: 429, reason: 'rate.platform_limit_exceeded', text: /./, url: '/tel_list_numbers' })
    saysWhen(answer)
  },
}
