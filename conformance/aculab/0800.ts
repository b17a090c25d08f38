import type { Scenario } from '../scenario.ts'
import { ask, refused } from './client.ts'

export const scenario: Scenario = {
  system: 'aculab',
  code: '0800',
  title: 'Ask for a token that may neither be called nor call',
  async run(world) {
    const answer = await ask(world, 'GET', '/webrtc_generate_token?client_id=alice&enable_incoming=false')
    const url = '/webrtc_generate_token'
    refused(answer, { code: '0800', status: 400, reason: 'token.usage_missing', text: /permit nothing/, url })
  },
}
