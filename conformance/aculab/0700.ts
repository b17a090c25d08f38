import type { Scenario } from '../scenario.ts'
import { send, sendRefused } from './messages.ts'

export const scenario: Scenario = {
  system: 'aculab',
  code: '0700',
  title: 'Send from a number that somebody else has, or nobody',
  async run(world) {
    for (const from of ['442079460000', '14155550139']) {
      const answer = await send(world, { from })
      sendRefused(answer, { code: '0700', status: 400, reason: 'message.sender_not_owned', text: new RegExp(from) })
    }
  },
}
