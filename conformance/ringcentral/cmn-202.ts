import type { Scenario } from '../scenario.ts'
import { api, asToken, isApiFault, logIn, makeApp } from './client.ts'

export const scenario: Scenario = {
  system: 'ringcentral',
  code: 'CMN-202',
  title: 'Delete an account, which no API of this platform does.',
  async run(world) {
    const session = await logIn(world, await makeApp(world))
    const answer = await world.ask({ method: 'DELETE', path: `${api}/account/~`, headers: asToken(session) })
    isApiFault(answer, {
      status: 501,
      code: 'CMN-202',
      reason: 'platform.not_implemented',
      message: 'Operation is not supported',
    })
  },
}
