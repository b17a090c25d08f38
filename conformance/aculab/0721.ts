import type { Scenario } from '../scenario.ts'
import { accepted, send, sendRefused, storePicture } from './messages.ts'

export const scenario: Scenario = {
  system: 'aculab',
  code: '0721',
  title: 'Send an MMS with a picture that is not in the store',
  async run(world) {
    await storePicture(world, 'there.png')
    accepted(await send(world, { type: 'mms', msg_media: 'there.png' }))
    const answer = await send(world, { type: 'mms', msg_media: 'there.png,nowhere.png' })
    sendRefused(answer, { code: '0721', status: 400, reason: 'message.media_unusable', text: /nowhere\.png/ })
  },
}
