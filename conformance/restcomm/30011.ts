import type { Scenario } from '../scenario.ts'
import { assertSentEnds, changeSandbox } from './messages.ts'

export const scenario: Scenario = {
  system: 'restcomm',
  code: '30011',
  title: 'Send to a number of which the network never tells, for an account that waits a second for receipts',
  server: {},
  async run(world) {
    await changeSandbox(world, { settings: { messages: { receiptSeconds: 1 } } })
    const end = {
      status: 'failed',
      code: 30011,
      message: 'Message Delivery Timeout',
      reason: 'message.delivery_timeout',
    } as const
    await assertSentEnds(world, { To: '+13105550106' }, end)
  },
}
