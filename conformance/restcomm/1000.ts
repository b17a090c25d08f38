import assert from 'node:assert/strict'
import type { Scenario } from '../scenario.ts'
import { ask, assertRefused } from './client.ts'

export const scenario: Scenario = {
  system: 'restcomm',
  code: '1000',
  title: 'Damage the stored settings of an application, then read it',
  server: {},
  async run(world) {
    const { accountSid } = world.credentials.restcomm
    const made = await ask(world, 'POST', `/Accounts/${accountSid}/Applications.json`, { FriendlyName: 'Night desk' })
    assert.equal(made.status, 200, made.text)
    const path = `/Accounts/${accountSid}/Applications/${made.json.sid}.json`
    assert.equal((await ask(world, 'GET', path)).status, 200)
    await world.operator.sql(`update applications set detail = '{"scriptUrl":'`)
    assertRefused(await ask(world, 'GET', path), {
      status: 500,
      reason: 'platform.internal_error',
      code: 1000,
      message: 'Internal Error',
    })
  },
}
