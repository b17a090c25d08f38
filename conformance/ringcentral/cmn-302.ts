import type { Scenario } from '../scenario.ts'
import { get, isApiFault, logIn, makeApp } from './client.ts'

export const scenario: Scenario = {
  system: 'ringcentral',
  code: 'CMN-302',
  title: 'Name another application in Client-Id than any that is registered.',
  async run(world) {
    const answer = await get(world, await logIn(world, await makeApp(world)), '/account/~', {
      'client-id': 'nobody-was-given-this',
    })
    isApiFault(answer, {
      status: 429,
      code: 'CMN-302',
      reason: 'rate.application_unknown',
      message: 'Unknown application. Rate limits undefined',
    })
  },
}
