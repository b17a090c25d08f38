import assert from 'node:assert/strict'
import type { Scenario } from '../scenario.ts'
import { ask, assertRefused } from './client.ts'
import { send, withNumber } from './messages.ts'

export const scenario: Scenario = {
  system: 'restcomm',
  code: '3000',
  title: 'Damage the stored settings of a client, then send it a message',
  server: {},
  async run(world) {
    const path = `/Accounts/${world.credentials.restcomm.accountSid}/Clients.json`
    const made = await ask(world, 'POST', path, { Login: 'dispatcher', Password: 'Grey-heron-41' })
    assert.equal(made.status, 200, made.text)
    await withNumber(world, async ({ phone }) => {
      const form = { From: phone, To: 'client:dispatcher' }
      assert.equal((await send(world, form)).headers.get('offhook-reason'), 'client.error')
      await world.operator.sql(`update clients set detail = '{"voiceUrl":'`)
      const refused = await send(world, form)
      assertRefused(refused, {
        status: 400,
        reason: 'provisioning.data_invalid',
        code: 3000,
        message: 'Generic Provision error',
      })
      world.keep(refused)
    })
  },
}
