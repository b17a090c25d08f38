import type { Scenario } from '../scenario.ts'
import { ask, logIn, refused } from './client.ts'

export const scenario: Scenario = {
  system: 'toku',
  code: '-101',
  title: 'The database is stopped under the server',
  server: { engine: 'postgres' },
  async run(world) {
    const headers = await logIn(world)
    await world.operator.stopDatabase()
    const answer = await ask(world, 'GET', '/number/v1/numbers', undefined, headers)
    await world.operator.startDatabase()
    refused(answer, {
      status: 503,
      reason: 'platform.database_unreachable',
      body: { result: -101, result_desc: 'database connection error' },
    })
  },
}
