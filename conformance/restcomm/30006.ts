import type { Scenario } from '../scenario.ts'
import { assertSentEnds } from './messages.ts'

export const scenario: Scenario = {
  system: 'restcomm',
  code: '30006',
  title: 'Send to a landline',
  async run(world) {
    await assertSentEnds(
      world,
      { To: '+13105550108' },
      { status: 'undelivered', code: 30006, message: 'Landline or unreachable carrier', reason: 'message.landline' },
    )
  },
}
