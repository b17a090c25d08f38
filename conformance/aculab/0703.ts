import type { Scenario } from '../scenario.ts'
import { accepted, onlyCarrier, send, sendRefused } from './messages.ts'

export const scenario: Scenario = {
  system: 'aculab',
  code: '0703',
  title: 'Send Cyrillic letters where the only carrier takes none but GSM-7',
  server: {},
  async run(world) {
    await onlyCarrier(world, { ucs2: false })
    accepted(await send(world, { content: 'Grüße' }))
    const answer = await send(world, { content: 'Привет' })
    sendRefused(answer, { code: '0703', status: 400, reason: 'message.content_unencodable', text: /encod/ })
  },
}
