import assert from 'node:assert/strict'
import type { Scenario } from '../scenario.ts'
import { ask, refused } from './client.ts'
import { recipient, withSmsc } from './gateways.ts'

/** ESME_RSUBMITFAIL */
const status = 0x45

export const scenario: Scenario = {
  system: 'toku',
  code: '-2003',
  title: 'Send over a gateway that refuses submit_sm',
  server: {},
  run: (world) =>
    withSmsc(world, { refuse: [{ status }] }, async () => {
      const hello = { from: 'Shop', to: recipient, message: 'Hello' }
      const answer = await ask(world, 'POST', '/sms/v1/messages', hello)
      refused(answer, { status: 502, reason: 'message.send_failed', body: { result: -2003, result_desc: 'failed to send sms' } })
      world.keep(answer)
      // What was refused is over: it is in its record as failed, and nothing is tried again.
      const { items } = (await world.api('GET', `/messages?recipient=%2B${recipient}`)).json
      assert.deepEqual([items.length, items[0].state, items[0].final], [1, 'failed', true])
    }),
}
