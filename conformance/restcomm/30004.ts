import type { Scenario } from '../scenario.ts'
import { assertSentEnds } from './messages.ts'

export const scenario: Scenario = {
  system: 'restcomm',
  code: '30004',
  title: 'Send to a number whose network blocks the message',
  async run(world) {
    await assertSentEnds(
      world,
      { To: '+13105550110' },
      { status: 'undelivered', code: 30004, message: 'Message blocked', reason: 'message.blocked' },
    )
  },
}
