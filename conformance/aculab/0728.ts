import type { Scenario } from '../scenario.ts'
import { accepted, send, sendRefused, withoutFeature } from './messages.ts'

export const scenario: Scenario = {
  system: 'aculab',
  code: '0728',
  title: 'Send an SMS where the account may send none',
  server: {},
  async run(world) {
    accepted(await send(world, {}))
    await withoutFeature(world, 'sms')
    const answer = await send(world, {})
    sendRefused(answer, { code: '0728', status: 400, reason: 'feature.not_enabled', text: /sms/ })
  },
}
