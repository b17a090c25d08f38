import type { Scenario } from '../scenario.ts'
import { ask, refused } from './client.ts'

export const scenario: Scenario = {
  system: 'aculab',
  code: '0032',
  title: 'Send a body as plain text',
  async run(world) {
    const answer = await ask(world, 'POST', '/tel_purchase', {
      body: 'country=Germany',
      headers: { 'content-type': 'text/plain' },
    })
    refused(answer, {
      code: '0032',
      status: 400,
      reason: 'request.content_type_invalid',
      text: /application\/x-www-form-urlencoded, multipart\/form-data/,
      url: '/tel_purchase',
    })
  },
}
