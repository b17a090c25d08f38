import type { Scenario } from '../scenario.ts'
import { send, sendRefused } from './messages.ts'

export const scenario: Scenario = {
  system: 'aculab',
  code: '0724',
  title: 'Send an SMS of spaces and line ends',
  async run(world) {
    const answer = await send(world, { content: ' \t\r\n ' })
    sendRefused(answer, { code: '0724', status: 400, reason: 'message.empty', text: /white space/ })
  },
}
