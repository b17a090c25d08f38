import type { Scenario } from '../scenario.ts'
import { api, basic, isApiFault, makeApp } from './client.ts'

export const scenario: Scenario = {
  system: 'ringcentral',
  code: 'OAU-151',
  title: 'Call an API that needs a user with the credentials of the application.',
  async run(world) {
    const answer = await world.ask({
      method: 'GET',
      path: `${api}/account/~`,
      headers: { authorization: basic(await makeApp(world)) },
    })
    isApiFault(answer, {
      status: 401,
      code: 'OAU-151',
      reason: 'auth.method_unsupported',
      message: 'Authorization method not supported',
    })
  },
}
