import type { Scenario } from '../scenario.ts'
import { ask, refused } from './client.ts'

export const scenario: Scenario = {
  system: 'aculab',
  code: '0415',
  title: 'List files by a prefix that holds a slash',
  async run(world) {
    const answer = await ask(world, 'GET', '/file_list?filetype=msg_media&prefix=cats/b')
    refused(answer, { code: '0415', status: 400, reason: 'file.prefix_has_slash', text: /cats\/b/, url: '/file_list' })
  },
}
