import type { Scenario } from '../scenario.ts'
import { get, isApiFault, logIn, makeApp } from './client.ts'

export const scenario: Scenario = {
  system: 'ringcentral',
  code: 'OAU-127',
  title: 'Use a token of an application that was switched off after the login.',
  async run(world) {
    const app = await makeApp(world)
    const session = await logIn(world, app)
    await world.api('PATCH', `/keys/${app.id}`, { status: 'disabled' })
    const answer = await get(world, session, '/account/~')
    isApiFault(answer, {
      status: 401,
      code: 'OAU-127',
      reason: 'oauth.application_release_invalid',
      message: 'Invalid application release.',
    })
  },
}
