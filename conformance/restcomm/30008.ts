import type { Scenario } from '../scenario.ts'
import { assertSentEnds } from './messages.ts'

export const scenario: Scenario = {
  system: 'restcomm',
  code: '30008',
  title: 'Send to a number at which the network fails without a cause',
  async run(world) {
    await assertSentEnds(
      world,
      { To: '+13105550102' },
      { status: 'undelivered', code: 30008, message: 'Unknown error', reason: 'message.unknown_error' },
    )
  },
}
