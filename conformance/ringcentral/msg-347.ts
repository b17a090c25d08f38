import type { Scenario } from '../scenario.ts'
import { isApiFault } from './client.ts'
import { asOwner, handset, sendMms } from './messages.ts'

export const scenario: Scenario = {
  system: 'ringcentral',
  code: 'MSG-347',
  title: 'Send a picture of no bytes.',
  async run(world) {
    const files = [{ name: 'empty.png', type: 'image/png', content: Buffer.alloc(0) }]
    isApiFault(await sendMms(world, await asOwner(world), handset, files), {
      status: 400,
      code: 'MSG-347',
      reason: 'message.attachment_empty',
      message: 'Attachment body is empty',
    })
  },
}
