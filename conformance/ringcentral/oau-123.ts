import type { Scenario } from '../scenario.ts'
import { askToken, isOauthFault, makeApp } from './client.ts'

export const scenario: Scenario = {
  system: 'ringcentral',
  code: 'OAU-123',
  title: 'Ask for a token with an Authorization header that is not Basic.',
  async run(world) {
    const app = await makeApp(world)
    const answer = await askToken(
      world,
      app,
      { grant_type: 'password', username: 'a', password: 'b' },
      { authorization: 'Digest username="a"' },
    )
    isOauthFault(answer, {
      status: 401,
      code: 'OAU-123',
      reason: 'auth.header_invalid',
      error: 'invalid_client',
      message: 'Invalid Authorization header value: Digest',
      extra: { parameterName: 'Authorization' },
    })
  },
}
