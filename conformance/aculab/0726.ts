import type { Scenario } from '../scenario.ts'
import { send, sendRefused, storePicture } from './messages.ts'

export const scenario: Scenario = {
  system: 'aculab',
  code: '0726',
  title: 'Send an SMS with a picture',
  async run(world) {
    await storePicture(world, 'there.png')
    const answer = await send(world, { type: 'sms', msg_media: 'there.png' })
    sendRefused(answer, { code: '0726', status: 400, reason: 'message.media_not_allowed', text: /file/ })
  },
}
