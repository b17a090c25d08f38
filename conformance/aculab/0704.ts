import type { Scenario } from '../scenario.ts'
import { accepted, send, sendRefused } from './messages.ts'

export const scenario: Scenario = {
  system: 'aculab',
  code: '0704',
  title: 'Send 1201 characters',
  async run(world) {
    const accents = 'é'.repeat(600)
    accepted(await send(world, { content: accents + 'x'.repeat(600) }))
    const answer = await send(world, { content: accents + 'x'.repeat(601) })
    sendRefused(answer, { code: '0704', status: 400, reason: 'message.content_too_long', text: /1200/ })
  },
}
