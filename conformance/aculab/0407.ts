import type { Scenario } from '../scenario.ts'
import { ask, refused } from './client.ts'

export const scenario: Scenario = {
  system: 'aculab',
  code: '0407',
  title: 'Upload a file to the store of logs',
  async run(world) {
    const plain = { 'content-type': 'application/octet-stream' }
    const answer = await ask(world, 'POST', '/file_write?filetype=rest&filename=run.log', { body: 'x', headers: plain })
    refused(answer, { code: '0407', status: 400, reason: 'file.type_not_applicable', text: /REST/, url: '/file_write' })
  },
}
