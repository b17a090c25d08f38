import assert from 'node:assert/strict'
import type { Scenario } from '../scenario.ts'
import { accepted, ask } from './client.ts'

export const scenario: Scenario = {
  system: 'toku',
  code: '0',
  title: "Read one's own user, with a reference of one's own",
  async run(world) {
    const { userId, username } = world.credentials.toku
    const answer = await ask(world, 'GET', `/account/v1/users/${userId}?reference_id=trip-77`)
    const { user_id, user_name, state, reference_id } = accepted(answer)
    assert.deepEqual([user_id, user_name, state, reference_id], [userId, username, 'active', 'trip-77'])
  },
}
