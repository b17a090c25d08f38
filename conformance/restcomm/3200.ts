import assert from 'node:assert/strict'
import type { Scenario } from '../scenario.ts'
import { ask } from './client.ts'
import { assertUnserved, withNumber } from './messages.ts'

export const scenario: Scenario = {
  system: 'restcomm',
  code: '3200',
  title: 'Write to a number whose application has no RCML URL',
  async run(world) {
    const account = `/Accounts/${world.credentials.restcomm.accountSid}`
    await withNumber(world, async (number) => {
      const at = `${account}/IncomingPhoneNumbers/${number.sid}.json`
      const made = await ask(world, 'POST', `${account}/Applications.json`, { FriendlyName: 'Night desk', Kind: 'sms' })
      assert.equal(made.status, 200, made.text)
      assert.equal((await ask(world, 'POST', at, { SmsApplicationSid: made.json.sid })).status, 200)
      await assertUnserved(world, number, { code: 3200, message: 'Application provisioning error' })
    })
  },
}
