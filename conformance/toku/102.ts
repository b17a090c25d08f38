import type { Scenario } from '../scenario.ts'
import { ask, logIn, refused } from './client.ts'

export const scenario: Scenario = {
  system: 'toku',
  code: '-102',
  title: 'A column that a query needs is renamed under the server',
  server: {},
  async run(world) {
    const headers = await logIn(world)
    await world.operator.sql('alter table numbers rename column country to land')
    const answer = await ask(world, 'GET', '/number/v1/available?country=SG', undefined, headers)
    refused(answer, {
      status: 500,
      reason: 'platform.database_query_failed',
      body: { result: -102, result_desc: 'database query error' },
    })
  },
}
