import type { Scenario } from '../scenario.ts'
import { assertRefused } from './client.ts'
import { send, withNumber } from './messages.ts'

export const scenario: Scenario = {
  system: 'restcomm',
  code: '1202',
  title: 'Send a message to a client that nobody made',
  async run(world) {
    await withNumber(world, async ({ phone }) => {
      const refused = await send(world, { From: phone, To: 'client:nobody' })
      assertRefused(refused, { status: 500, reason: 'client.not_found', code: 1202, message: 'Client Not Found' })
      world.keep(refused)
    })
  },
}
