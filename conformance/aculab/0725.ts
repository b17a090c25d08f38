import type { Scenario } from '../scenario.ts'
import { send, sendRefused } from './messages.ts'

export const scenario: Scenario = {
  system: 'aculab',
  code: '0725',
  title: 'Send an MMS without a picture',
  async run(world) {
    const answer = await send(world, { type: 'mms' })
    sendRefused(answer, { code: '0725', status: 400, reason: 'message.media_required', text: /media/ })
  },
}
