import type { Scenario } from '../scenario.ts'
import { assertSentEnds } from './messages.ts'

export const scenario: Scenario = {
  system: 'restcomm',
  code: '30003',
  title: 'Send to a handset that is switched off',
  async run(world) {
    await assertSentEnds(
      world,
      { To: '+13105550115' },
      { status: 'undelivered', code: 30003, message: 'Unreachable destination handset', reason: 'message.handset_unreachable' },
    )
  },
}
