import type { Scenario } from '../scenario.ts'
import { get, isApiFault, logIn, makeApp } from './client.ts'

export const scenario: Scenario = {
  system: 'ringcentral',
  code: 'CMN-120',
  title: 'Call a path that the API does not have.',
  async run(world) {
    const answer = await get(world, await logIn(world, await makeApp(world)), '/account/~/extension/~/does-not-exist')
    isApiFault(answer, { status: 404, code: 'CMN-120', reason: 'api.endpoint_unknown', message: 'Invalid URI' })
  },
}
