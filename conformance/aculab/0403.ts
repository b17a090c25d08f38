import type { Scenario } from '../scenario.ts'
import { ask, refused } from './client.ts'

export const scenario: Scenario = {
  system: 'aculab',
  code: '0403',
  title: 'Rename a file without saying which',
  async run(world) {
    const answer = await ask(world, 'GET', '/file_rename?filetype=msg_media&to=cat.png')
    refused(answer, { code: '0403', status: 400, reason: 'file.parameter_missing', text: /from/, url: '/file_rename' })
  },
}
