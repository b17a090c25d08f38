import assert from 'node:assert/strict'
import type { Scenario } from '../scenario.ts'
import { get, isApiFault, logIn, makeApp } from './client.ts'

export const scenario: Scenario = {
  system: 'ringcentral',
  code: 'CMN-201',
  title: 'Call the API while the platform has lost its database.',
  server: { engine: 'postgres' },
  async run(world) {
    const session = await logIn(world, await makeApp(world))
    await world.operator.stopDatabase()
    const answer = await get(world, session, '/account/~')
    assert.equal(answer.headers.get('retry-after'), '10')
    isApiFault(answer, {
      status: 500,
      code: 'CMN-201',
      reason: 'platform.database_unreachable',
      message: 'The platform cannot reach its database.',
    })
  },
}
