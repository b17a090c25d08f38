import type { Scenario } from '../scenario.ts'
import { assertSentEnds } from './messages.ts'

export const scenario: Scenario = {
  system: 'restcomm',
  code: '30010',
  title: 'Send with a maximum price that no message is had for',
  async run(world) {
    await assertSentEnds(
      world,
      { To: '+13105550142', MaxPrice: '0.000001' },
      { status: 'failed', code: 30010, message: 'Message price exceeds max price', reason: 'message.price_exceeds_maximum' },
    )
  },
}
