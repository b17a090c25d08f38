import type { Scenario } from '../scenario.ts'
import { accepted, send, sendRefused, withoutFeature } from './messages.ts'

export const scenario: Scenario = {
  system: 'aculab',
  code: '0714',
  title: 'Send from a name where the account may not',
  server: {},
  async run(world) {
    accepted(await send(world, { from: 'Offhook', to: '447700900101' }))
    await withoutFeature(world, 'alphanumeric_sender')
    const answer = await send(world, { from: 'Offhook', to: '447700900101' })
    sendRefused(answer, { code: '0714', status: 400, reason: 'feature.not_enabled', text: /alphanumeric_sender/ })
  },
}
