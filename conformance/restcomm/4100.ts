import assert from 'node:assert/strict'
import type { Scenario } from '../scenario.ts'
import { statusOf } from '../sip-text.ts'
import { assertTold, withCall } from './calls.ts'

export const scenario: Scenario = {
  system: 'restcomm',
  code: '4100',
  title: 'Answer a call where sound has no address to be opened at',
  // RFC 5737: no machine has it.
  server: { env: { OFFHOOK_RTP_HOST: '192.0.2.1' } },
  async run(world) {
    await withCall(world, { '/voice': '<Gather timeout="1"/>' }, async (call) => {
      const answer = await call.final()
      assert.equal(statusOf(answer), 500, answer.raw)
      assertTold(world, answer, { code: 4100, text: 'CPaaS Media Operation failed' }, call.asked)
    })
  },
}
