import type { Scenario } from '../scenario.ts'
import { isApiFault, logIn, makeApp, send } from './client.ts'

export const scenario: Scenario = {
  system: 'ringcentral',
  code: 'CMN-103',
  title: 'Send a body that is not JSON.',
  async run(world) {
    const session = await logIn(world, await makeApp(world))
    const answer = await send(world, session, 'PUT', '/account/~/extension/~', '{"contact":', {
      'content-type': 'application/json',
    })
    isApiFault(answer, { status: 400, code: 'CMN-103', reason: 'request.json_invalid', message: "JSON can't be parsed." })
  },
}
