import assert from 'node:assert/strict'
import type { Scenario } from '../scenario.ts'
import { ask, assertRefused } from './client.ts'

export const scenario: Scenario = {
  system: 'restcomm',
  code: '1002',
  title: 'Ask for trace records of an account whose trace feature the operator has switched off',
  server: {},
  async run(world) {
    const { accountSid } = world.credentials.restcomm
    const path = `/Accounts/${accountSid}/Traces.json`
    const before = await ask(world, 'GET', path)
    assert.equal(before.status, 200, before.text)
    assert.deepEqual(before.json.traces, [])
    const [sandbox] = (await world.operatorApi('GET', '/accounts')).json.items
    const features = sandbox.settings.features.filter((feature: string) => feature !== 'trace')
    const changed = await world.operatorApi('PATCH', `/accounts/${sandbox.id}`, { settings: { features } })
    assert.equal(changed.status, 200, changed.text)
    assertRefused(await ask(world, 'GET', path), {
      status: 403,
      reason: 'feature.not_enabled',
      code: 1002,
      message: 'Feature Not Supported (trace)',
    })
  },
}
