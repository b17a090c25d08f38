import type { Scenario } from '../scenario.ts'
import { ask, refused } from './client.ts'

export const scenario: Scenario = {
  system: 'aculab',
  code: '0413',
  title: 'Upload a file for messages with a time to live',
  async run(world) {
    const plain = { 'content-type': 'application/octet-stream' }
    const answer = await ask(world, 'POST', '/file_write?filetype=msg_media&filename=cat.png&ttl=30d', {
      body: 'x',
      headers: plain,
    })
    refused(answer, {
      code: '0413',
      status: 400,
      reason: 'file.time_to_live_not_applicable',
      text: /MSG_MEDIA/,
      url: '/file_write',
    })
  },
}
