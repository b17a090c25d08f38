import type { Scenario } from '../scenario.ts'
import { get, isApiFault, logIn, makeApp } from './client.ts'

export const scenario: Scenario = {
  system: 'ringcentral',
  code: 'CMN-407',
  title: 'Ask for a range in words.',
  async run(world) {
    const answer = await get(world, await logIn(world, await makeApp(world)), '/account/~/extension/~/profile-image', {
      range: 'the first half',
    })
    isApiFault(answer, {
      status: 400,
      code: 'CMN-407',
      reason: 'request.header_invalid',
      message: 'Parameter in header is invalid',
      extra: { parameterName: 'Range', parameterValue: 'the first half' },
    })
  },
}
