import type { Scenario } from '../scenario.ts'
import { accepted, send, sendRefused } from './messages.ts'

export const scenario: Scenario = {
  system: 'aculab',
  code: '0707',
  title: 'Ask to be told by PUT',
  async run(world) {
    const status_page = 'http://127.0.0.1:9/status'
    accepted(await send(world, { status_page, status_method: 'GET' }))
    const answer = await send(world, { status_page, status_method: 'PUT' })
    sendRefused(answer, { code: '0707', status: 400, reason: 'webhook.method_invalid', text: /PUT/ })
  },
}
