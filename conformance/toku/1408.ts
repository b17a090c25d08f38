import type { Scenario } from '../scenario.ts'
import { ask, makeUser, refused } from './client.ts'

export const scenario: Scenario = {
  system: 'toku',
  code: '-1408',
  title: 'Change a VoIP user under two names',
  async run(world) {
    const path = await makeUser(world, 'two-names', 'alice')
    const answer = await ask(world, 'PUT', path, { user_name: 'bob' })
    refused(answer, {
      status: 400,
      reason: 'voip_user.name_mismatch',
      body: { result: -1408, result_desc: 'voip user name mismatch', user_name: 'alice' },
    })
  },
}
