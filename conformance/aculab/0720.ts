import type { Scenario } from '../scenario.ts'
import { send, sendRefused } from './messages.ts'

export const scenario: Scenario = {
  system: 'aculab',
  code: '0720',
  title: 'Send an SMS without content',
  async run(world) {
    for (const type of [undefined, 'sms', 'flash']) {
      const answer = await send(world, { type, content: undefined })
      sendRefused(answer, { code: '0720', status: 400, reason: 'message.parameter_required_for_type', text: /content/ })
    }
  },
}
