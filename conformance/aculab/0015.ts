import type { Scenario } from '../scenario.ts'
import { ask, basic, refused } from './client.ts'

export const scenario: Scenario = {
  system: 'aculab',
  code: '0015',
  title: 'Log in with a cloud that is not written Region-Layer-Cloud',
  async run(world) {
    const { username, apiAccessKey } = world.credentials.aculab
    const answer = await ask(world, 'GET', '/tel_list_numbers', {
      headers: { authorization: basic(`abc/${username}`, apiAccessKey) },
    })
    refused(answer, {
      code: '0015',
      status: 400,
      reason: 'api.cloud_id_invalid',
      text: /\babc\b.*Region-Layer-Cloud/,
      url: '/tel_list_numbers',
    })
  },
}
