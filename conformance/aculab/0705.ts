import type { Scenario } from '../scenario.ts'
import { accepted, onlyCarrier, send, sendRefused } from './messages.ts'

export const scenario: Scenario = {
  system: 'aculab',
  code: '0705',
  title: 'Send 141 ASCII characters, and 71 others, where the only carrier takes single messages',
  server: {},
  async run(world) {
    await onlyCarrier(world, { concat: 'none' })
    for (const [character, most] of [
      ['x', 140],
      ['ж', 70],
    ] as const) {
      accepted(await send(world, { content: character.repeat(most) }))
      const answer = await send(world, { content: character.repeat(most + 1) })
      sendRefused(answer, { code: '0705', status: 400, reason: 'message.content_too_long', text: new RegExp(`at most ${most} `) })
    }
  },
}
