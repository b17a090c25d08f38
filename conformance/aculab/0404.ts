import type { Scenario } from '../scenario.ts'
import { ask, refused } from './client.ts'

export const scenario: Scenario = {
  system: 'aculab',
  code: '0404',
  title: 'Rename a file without saying what to',
  async run(world) {
    const answer = await ask(world, 'GET', '/file_rename?filetype=msg_media&from=cat.png')
    refused(answer, { code: '0404', status: 400, reason: 'file.parameter_missing', text: / to\b/, url: '/file_rename' })
  },
}
