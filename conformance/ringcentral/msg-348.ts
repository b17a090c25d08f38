import type { Scenario } from '../scenario.ts'
import { isApiFault } from './client.ts'
import { asOwner, handset, sendMms } from './messages.ts'

export const scenario: Scenario = {
  system: 'ringcentral',
  code: 'MSG-348',
  title: 'Send a file of a type that no handset takes.',
  async run(world) {
    const files = [{ name: 'program.exe', type: 'application/x-msdownload', content: Buffer.from('MZ') }]
    isApiFault(await sendMms(world, await asOwner(world), handset, files), {
      status: 415,
      code: 'MSG-348',
      reason: 'message.attachment_type_unsupported',
      message: 'Unsupported attachment media type',
    })
  },
}
