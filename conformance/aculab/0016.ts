import type { Scenario } from '../scenario.ts'
import { ask, refused } from './client.ts'

export const scenario: Scenario = {
  system: 'aculab',
  code: '0016',
  title: 'Read a file without saying which',
  async run(world) {
    const answer = await ask(world, 'GET', '/file_get?filetype=msg_media')
    refused(answer, { code: '0016', status: 400, reason: 'file.parameter_missing', text: /filename/, url: '/file_get' })
  },
}
