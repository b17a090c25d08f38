import type { Scenario } from '../scenario.ts'
import { isApiFault, logIn, makeApp, send } from './client.ts'

export const scenario: Scenario = {
  system: 'ringcentral',
  code: 'CMN-108',
  title: 'Change an extension with a body that names another one.',
  async run(world) {
    const session = await logIn(world, await makeApp(world))
    const answer = await send(world, session, 'PUT', '/account/~/extension/~', { id: 12345, contact: { firstName: 'Ada' } })
    isApiFault(answer, {
      status: 400,
      code: 'CMN-108',
      reason: 'request.values_disagree',
      message: "Parameter id value in request body doesn't match specified in path.",
      extra: { parameterName: 'id' },
    })
  },
}
