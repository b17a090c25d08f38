import type { Scenario } from '../scenario.ts'
import { ask, makeUser, refused } from './client.ts'

export const scenario: Scenario = {
  system: 'toku',
  code: '-103',
  title: 'Delete a VoIP group that still has a user',
  async run(world) {
    await makeUser(world, 'used-group', 'alice')
    const answer = await ask(world, 'DELETE', '/voip/v1/groups/used-group')
    refused(answer, { status: 409, reason: 'resource.in_use', body: { result: -103, result_desc: 'table row in-used' } })
  },
}
