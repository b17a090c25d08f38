import assert from 'node:assert/strict'
import type { Smsc } from '../../test/fakes/smsc.ts'
import type { Scenario } from '../scenario.ts'
import { until } from '../until.ts'
import { ask, refused } from './client.ts'
import { recipient, withSmsc } from './gateways.ts'

export const scenario: Scenario = {
  system: 'toku',
  code: '-2002',
  title: 'Send over a gateway that answers no submit_sm',
  server: {},
  async run(world) {
    const act = async (smsc: Smsc): Promise<void> => {
      const answer = await ask(world, 'POST', '/sms/v1/messages', { from: 'Shop', to: recipient, message: 'Hello' })
      refused(answer, {
        status: 504,
        reason: 'message.gateway_no_response',
        body: { result: -2002, result_desc: 'no response from sms gateway' },
      })
      await until(
        () => smsc.lines.length,
        (count) => count > 0,
        'the submit_sm',
      )
      assert.equal(smsc.lines.length, 1)
    }
    await withSmsc(world, { silent: true }, act, { responseTimeoutMs: 200 })
  },
}
