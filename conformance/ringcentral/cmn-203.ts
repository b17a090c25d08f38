import type { Scenario } from '../scenario.ts'
import { get, isApiFault, logIn, makeApp } from './client.ts'

export const scenario: Scenario = {
  system: 'ringcentral',
  code: 'CMN-203',
  title: 'List numbers, one of which is damaged in the database.',
  server: {},
  async run(world) {
    const session = await logIn(world, await makeApp(world))
    await world.operator.sql("update numbers set capabilities = '{' where account_id is not null")
    const answer = await get(world, session, '/account/~/extension/~/phone-number')
    isApiFault(answer, { status: 500, code: 'CMN-203', reason: 'platform.internal_error', message: 'Internal Server Error' })
  },
}
