import type { Scenario } from '../scenario.ts'
import { assertSentEnds, withSmsc } from './messages.ts'

export const scenario: Scenario = {
  system: 'restcomm',
  code: '30090',
  title: 'Send over an SMSC that answers the bind and no submit_sm',
  server: {},
  async run(world) {
    await withSmsc(world, { silent: true }, { responseTimeoutMs: 200 }, async () => {
      const end = {
        status: 'failed',
        code: 30090,
        message: 'SMPP PDU Timeout at CPaaS',
        reason: 'message.gateway_no_response',
      } as const
      await assertSentEnds(world, { To: '+13105550142' }, end)
    })
  },
}
