import type { Scenario } from '../scenario.ts'
import { ask, refused } from './client.ts'

export const scenario: Scenario = {
  system: 'aculab',
  code: '0406',
  title: 'Rename a sound',
  async run(world) {
    const answer = await ask(world, 'GET', '/file_rename?filetype=media&from=hello.wav&to=bye.wav')
    refused(answer, { code: '0406', status: 400, reason: 'file.type_not_applicable', text: /MEDIA/, url: '/file_rename' })
  },
}
