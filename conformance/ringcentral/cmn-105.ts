import type { Scenario } from '../scenario.ts'
import { isApiFault, logIn, makeApp, send } from './client.ts'

export const scenario: Scenario = {
  system: 'ringcentral',
  code: 'CMN-105',
  title: 'Send a form with a query in the address.',
  async run(world) {
    const session = await logIn(world, await makeApp(world))
    const answer = await send(
      world,
      session,
      'PUT',
      '/account/~/extension/~?status=Enabled',
      new URLSearchParams({ status: 'Enabled' }),
    )
    isApiFault(answer, {
      status: 400,
      code: 'CMN-105',
      reason: 'request.query_not_allowed',
      message: 'URL should not contain query string when method is [PUT] and content type is [application/x-www-form-urlencoded]',
      extra: { method: 'PUT', contentType: 'application/x-www-form-urlencoded' },
    })
  },
}
