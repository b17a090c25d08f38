import type { Scenario } from '../scenario.ts'
import { isApiFault } from './client.ts'
import { asOwner, handset, picture, sendMms } from './messages.ts'

export const scenario: Scenario = {
  system: 'ringcentral',
  code: 'MSG-337',
  title: 'Send a picture of more than 1.5 MB.',
  async run(world) {
    const files = [picture(1_600_000)]
    isApiFault(await sendMms(world, await asOwner(world), handset, files), {
      status: 400,
      code: 'MSG-337',
      reason: 'message.attachment_too_large',
      message: 'Attachment size limit exceeded',
    })
  },
}
