import type { Scenario } from '../scenario.ts'
import { ask, refused } from './client.ts'

export const scenario: Scenario = {
  system: 'aculab',
  code: '0013',
  title: 'Ask for regulation addresses over plain HTTP',
  async run(world) {
    const answer = await ask(world, 'GET', '/tel_list_regulation_addresses')
    refused(answer, {
      code: '0013',
      status: 403,
      reason: 'api.https_required',
      text: /HTTPS/,
      url: '/tel_list_regulation_addresses',
    })
  },
}
