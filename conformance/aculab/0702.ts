import type { Scenario } from '../scenario.ts'
import { accepted, onlyCarrier, send, sendRefused } from './messages.ts'

export const scenario: Scenario = {
  system: 'aculab',
  code: '0702',
  title: 'Ask for a delivery report where the only carrier gives none',
  server: {},
  async run(world) {
    await onlyCarrier(world, { registeredDelivery: 0 })
    accepted(await send(world, { request_delivery_report: 'false' }))
    const answer = await send(world, { request_delivery_report: 'true' })
    sendRefused(answer, { code: '0702', status: 400, reason: 'message.delivery_report_unsupported', text: /report/ })
  },
}
