import assert from 'node:assert/strict'
import type { Scenario } from '../scenario.ts'
import { ask } from './client.ts'
import { assertUnserved, withNumber } from './messages.ts'

export const scenario: Scenario = {
  system: 'restcomm',
  code: '3102',
  title: 'Write to a number that has neither a URL nor an application for messages',
  async run(world) {
    const account = `/Accounts/${world.credentials.restcomm.accountSid}`
    await withNumber(world, async (number) => {
      const at = `${account}/IncomingPhoneNumbers/${number.sid}.json`
      assert.equal((await ask(world, 'GET', at)).json.sms_url, null)
      await assertUnserved(world, number, { code: 3102, message: 'Number not bound (Sms)', notification: 12003 })
    })
  },
}
