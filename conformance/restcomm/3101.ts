import assert from 'node:assert/strict'
import type { Scenario } from '../scenario.ts'
import { ask, assertRefused } from './client.ts'

export const scenario: Scenario = {
  system: 'restcomm',
  code: '3101',
  title: 'Give a number back, then read it',
  async run(world) {
    const { accountSid } = world.credentials.restcomm
    const numbers = `/Accounts/${accountSid}/IncomingPhoneNumbers`
    const bought = await ask(world, 'POST', `${numbers}.json`, { AreaCode: '212' })
    assert.equal(bought.status, 200, bought.text)
    const path = `${numbers}/${bought.json.sid}.json`
    assert.equal((await ask(world, 'GET', path)).json.phone_number, bought.json.phone_number)
    assert.equal((await ask(world, 'DELETE', path)).status, 204)
    assertRefused(await ask(world, 'GET', path), {
      status: 404,
      reason: 'number.not_found',
      code: 3101,
      message: 'Number not found',
    })
  },
}
