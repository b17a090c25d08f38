import type { Scenario } from '../scenario.ts'
import { send, sendRefused } from './messages.ts'

export const scenario: Scenario = {
  system: 'aculab',
  code: '0706',
  title: 'Send a message of a type that does not exist',
  async run(world) {
    const answer = await send(world, { type: 'telegram' })
    sendRefused(answer, { code: '0706', status: 400, reason: 'message.type_unhandled', text: /telegram/ })
  },
}
