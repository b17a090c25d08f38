import type { Scenario } from '../scenario.ts'
import { send, sendRefused } from './messages.ts'

export const scenario: Scenario = {
  system: 'aculab',
  code: '0719',
  title: 'Send a flash SMS with a picture',
  async run(world) {
    const answer = await send(world, { type: 'flash', msg_media: 'cat.png' })
    sendRefused(answer, { code: '0719', status: 400, reason: 'message.parameter_not_for_type', text: /msg_media/ })
  },
}
