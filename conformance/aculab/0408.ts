import type { Scenario } from '../scenario.ts'
import { ask, refused } from './client.ts'

export const scenario: Scenario = {
  system: 'aculab',
  code: '0408',
  title: 'List files of a type that does not exist',
  async run(world) {
    const answer = await ask(world, 'GET', '/file_list?filetype=pictures')
    refused(answer, { code: '0408', status: 400, reason: 'file.type_unknown', text: /MSG_MEDIA/, url: '/file_list' })
  },
}
