import type { Scenario } from '../scenario.ts'
import { api, isApiFault } from './client.ts'

export const scenario: Scenario = {
  system: 'ringcentral',
  code: 'OAU-134',
  title: 'Call the API without an Authorization header.',
  async run(world) {
    const answer = await world.ask({ method: 'GET', path: `${api}/account/~/extension/~` })
    isApiFault(answer, { status: 401, code: 'OAU-134', reason: 'auth.header_invalid', message: 'Invalid Authorization header.' })
  },
}
