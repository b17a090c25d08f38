import type { Scenario } from '../scenario.ts'
import { isApiFault } from './client.ts'
import { asOwner, handset, picture, sendMms } from './messages.ts'

export const scenario: Scenario = {
  system: 'ringcentral',
  code: 'MSG-338',
  title: 'Send two pictures of more than 1.5 MB together.',
  async run(world) {
    const files = [picture(900_000, 'one.png'), picture(900_001, 'two.png')]
    isApiFault(await sendMms(world, await asOwner(world), handset, files), {
      status: 400,
      code: 'MSG-338',
      reason: 'message.too_large',
      message: 'Message size limit exceeded',
    })
  },
}
