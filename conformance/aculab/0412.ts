import type { Scenario } from '../scenario.ts'
import { ask, refused } from './client.ts'

export const scenario: Scenario = {
  system: 'aculab',
  code: '0412',
  title: 'Upload a file with a time to live that is none',
  async run(world) {
    const plain = { 'content-type': 'application/octet-stream' }
    const answer = await ask(world, 'POST', '/file_write?filetype=media&filename=greeting.wav&ttl=5x', {
      body: 'x',
      headers: plain,
    })
    refused(answer, { code: '0412', status: 400, reason: 'file.time_to_live_malformed', text: /5x/, url: '/file_write' })
  },
}
