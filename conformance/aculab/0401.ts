import type { Scenario } from '../scenario.ts'
import { ask, refused } from './client.ts'

export const scenario: Scenario = {
  system: 'aculab',
  code: '0401',
  title: 'Upload a file under a name that leads out of the store',
  async run(world) {
    const plain = { 'content-type': 'application/octet-stream' }
    const answer = await ask(world, 'POST', '/file_write?filetype=msg_media&filename=../cat.png', { body: 'x', headers: plain })
    refused(answer, { code: '0401', status: 400, reason: 'file.name_illegal', text: /\.\.\/cat\.png/, url: '/file_write' })
  },
}
