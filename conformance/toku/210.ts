import type { Scenario } from '../scenario.ts'
import { ask, logIn, refused } from './client.ts'

export const scenario: Scenario = {
  system: 'toku',
  code: '-210',
  title: 'The row of the account is damaged, so that the caller cannot even be made out',
  server: {},
  async run(world) {
    const headers = await logIn(world)
    await world.operator.sql(`update accounts set settings = '{"timezone":' where name = 'Sandbox'`)
    const answer = await ask(world, 'GET', '/account/v1/services', undefined, headers)
    refused(answer, {
      status: 500,
      reason: 'platform.exception',
      body: { result: -210, result_desc: 'uncaught resources exception' },
    })
  },
}
