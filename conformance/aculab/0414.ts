import type { Scenario } from '../scenario.ts'
import { ask, refused } from './client.ts'

export const scenario: Scenario = {
  system: 'aculab',
  code: '0414',
  title: 'Upload an encrypted file for messages',
  async run(world) {
    const plain = { 'content-type': 'application/octet-stream' }
    const answer = await ask(world, 'POST', '/file_write?filetype=msg_media&filename=cat.png&encrypted=true', {
      body: 'x',
      headers: plain,
    })
    refused(answer, { code: '0414', status: 400, reason: 'file.encryption_not_allowed', text: /MSG_MEDIA/, url: '/file_write' })
  },
}
