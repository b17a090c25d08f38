import type { Scenario } from '../scenario.ts'
import { api, asToken, isApiFault } from './client.ts'

export const scenario: Scenario = {
  system: 'ringcentral',
  code: 'OAU-149',
  title: 'Call the API with a token that is none of this platform.',
  async run(world) {
    const answer = await world.ask({ method: 'GET', path: `${api}/account/~`, headers: asToken({ access_token: 'abc' }) })
    isApiFault(answer, {
      status: 401,
      code: 'OAU-149',
      reason: 'auth.token_malformed',
      message: 'Unparsable access token',
      top: 'TokenInvalid',
    })
  },
}
