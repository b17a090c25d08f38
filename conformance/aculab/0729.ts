import type { Scenario } from '../scenario.ts'
import { numberFor, send, sendRefused } from './messages.ts'

export const scenario: Scenario = {
  system: 'aculab',
  code: '0729',
  title: 'Send to the number that it comes from',
  async run(world) {
    const { number: from } = await numberFor(world, 'sent')
    const answer = await send(world, { from, to: from })
    sendRefused(answer, { code: '0729', status: 400, reason: 'message.same_sender_and_recipient', text: /number/ })
  },
}
