import type { Scenario } from '../scenario.ts'
import { assertSentEnds } from './messages.ts'

export const scenario: Scenario = {
  system: 'restcomm',
  code: '30009',
  title: 'Send a long message of which the network loses the last segment',
  async run(world) {
    await assertSentEnds(
      world,
      { To: '+13105550116', Body: 'x'.repeat(400) },
      { status: 'undelivered', code: 30009, message: 'Missing segment', reason: 'message.segment_missing' },
    )
  },
}
