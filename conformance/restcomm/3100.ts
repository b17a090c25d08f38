import assert from 'node:assert/strict'
import type { Scenario } from '../scenario.ts'
import { ask } from './client.ts'
import { assertUnserved, withNumber } from './messages.ts'

export const scenario: Scenario = {
  system: 'restcomm',
  code: '3100',
  title: 'Write to a number whose SMS URL is relative, where no server is set that it could be relative to',
  async run(world) {
    const account = `/Accounts/${world.credentials.restcomm.accountSid}`
    await withNumber(world, async (number) => {
      const at = `${account}/IncomingPhoneNumbers/${number.sid}.json`
      assert.equal((await ask(world, 'POST', at, { SmsUrl: '/sms/night' })).status, 200)
      await assertUnserved(world, number, { code: 3100, message: 'Number Provision error' })
    })
  },
}
