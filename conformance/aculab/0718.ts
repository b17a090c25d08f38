import type { Scenario } from '../scenario.ts'
import { accepted, send, sendRefused, withoutFeature } from './messages.ts'

export const scenario: Scenario = {
  system: 'aculab',
  code: '0718',
  title: 'Send to a US number where the account may not',
  server: {},
  async run(world) {
    accepted(await send(world, {}))
    await withoutFeature(world, 'us_sms')
    const answer = await send(world, {})
    sendRefused(answer, { code: '0718', status: 400, reason: 'feature.not_enabled', text: /us_sms/ })
  },
}
