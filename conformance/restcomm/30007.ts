import type { Scenario } from '../scenario.ts'
import { assertSentEnds } from './messages.ts'

export const scenario: Scenario = {
  system: 'restcomm',
  code: '30007',
  title: 'Send what the carrier rejects as against its rules',
  async run(world) {
    await assertSentEnds(
      world,
      { To: '+13105550111' },
      { status: 'failed', code: 30007, message: 'Carrier violation', reason: 'message.carrier_violation' },
    )
  },
}
