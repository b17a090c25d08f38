import type { Scenario } from '../scenario.ts'
import { assertSentEnds } from './messages.ts'

export const scenario: Scenario = {
  system: 'restcomm',
  code: '30005',
  title: 'Send to a number that nobody has',
  async run(world) {
    await assertSentEnds(
      world,
      { To: '+13105550107' },
      { status: 'undelivered', code: 30005, message: 'Unknown destination handset', reason: 'message.handset_unknown' },
    )
  },
}
