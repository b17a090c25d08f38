import type { Scenario } from '../scenario.ts'
import { accepted, send, sendRefused, withoutFeature } from './messages.ts'

export const scenario: Scenario = {
  system: 'aculab',
  code: '0712',
  title: 'Send to what is no number, and to a country that is not served',
  server: {},
  async run(world) {
    accepted(await send(world, { to: '447700900101' }))
    await withoutFeature(world, 'international_sms')
    for (const [to, reason] of [
      ['447700900101', 'message.recipient_not_us'],
      ['+14155550142', 'message.recipient_invalid'],
      ['04155550142', 'message.recipient_invalid'],
      ['1415', 'message.recipient_invalid'],
    ] as const) {
      const answer = await send(world, { to })
      sendRefused(answer, { code: '0712', status: 400, reason, text: /Recipient/ })
    }
  },
}
