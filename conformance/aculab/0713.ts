import type { Scenario } from '../scenario.ts'
import { accepted, send, sendRefused, withoutFeature } from './messages.ts'

export const scenario: Scenario = {
  system: 'aculab',
  code: '0713',
  title: 'Send a flash SMS where the account may not',
  server: {},
  async run(world) {
    accepted(await send(world, { type: 'flash' }))
    await withoutFeature(world, 'flash_sms')
    const answer = await send(world, { type: 'flash' })
    sendRefused(answer, { code: '0713', status: 400, reason: 'feature.not_enabled', text: /flash_sms/ })
  },
}
