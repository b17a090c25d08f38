import type { Scenario } from '../scenario.ts'
import { ask, refused } from './client.ts'

export const scenario: Scenario = {
  system: 'aculab',
  code: '0017',
  title: 'Read a file that is not there',
  async run(world) {
    const answer = await ask(world, 'GET', '/file_get?filetype=msg_media&filename=never/written.png')
    refused(answer, { code: '0017', status: 404, reason: 'file.not_found', text: /never\/written\.png/, url: '/file_get' })
  },
}
