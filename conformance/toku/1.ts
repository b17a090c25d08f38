import type { Scenario } from '../scenario.ts'
import { ask, logIn, refused } from './client.ts'

export const scenario: Scenario = {
  system: 'toku',
  code: '-1',
  title: 'An account whose time zone was spoilt in the database reads its user: the answer cannot be written',
  server: {},
  async run(world) {
    const headers = await logIn(world)
    await world.operator.sql(`update accounts set settings = '{"timezone":"Mars/Olympus"}' where name = 'Sandbox'`)
    const answer = await ask(world, 'GET', `/account/v1/users/${world.credentials.toku.userId}`, undefined, headers)
    refused(answer, { status: 500, reason: 'platform.internal_error', body: { result: -1, result_desc: 'general error' } })
  },
}
