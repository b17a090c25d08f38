import assert from 'node:assert/strict'
import type { Scenario } from '../scenario.ts'
import { ask, assertRefused, newEmail } from './client.ts'

export const scenario: Scenario = {
  system: 'restcomm',
  code: '3301',
  title: 'Suspend a sub-account, then ask with its own credentials',
  async run(world) {
    const made = await ask(world, 'POST', '/Accounts.json', { EmailAddress: newEmail('suspended'), Password: 'Grey-heron-41' })
    assert.equal(made.status, 200, made.text)
    const { sid: accountSid, auth_token: authToken } = made.json
    const own = { accountSid, authToken }
    const path = `/Accounts/${accountSid}.json`
    assert.equal((await ask(world, 'GET', path, undefined, own)).json.status, 'active')
    const suspended = await ask(world, 'POST', path, { Status: 'suspended' })
    assert.equal(suspended.json.status, 'suspended')
    const refused = await ask(world, 'GET', path, undefined, own)
    assertRefused(refused, { status: 403, reason: 'account.not_active', code: 3301, message: 'Account not active' })
    world.keep(refused)
    await ask(world, 'POST', path, { Status: 'closed' })
    assertRefused(await ask(world, 'GET', path, undefined, own), {
      status: 403,
      reason: 'account.not_active',
      code: 3301,
      message: 'Account not active',
    })
  },
}
