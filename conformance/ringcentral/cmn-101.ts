import type { Scenario } from '../scenario.ts'
import { get, isApiFault, logIn, makeApp } from './client.ts'

export const scenario: Scenario = {
  system: 'ringcentral',
  code: 'CMN-101',
  title: 'Ask for a page of no rows.',
  async run(world) {
    const answer = await get(world, await logIn(world, await makeApp(world)), '/account/~/extension?perPage=0')
    isApiFault(answer, {
      status: 400,
      code: 'CMN-101',
      reason: 'request.parameter_invalid',
      message: 'Parameter [perPage] value is invalid.',
      extra: { parameterName: 'perPage', parameterValue: '0' },
      top: 'InvalidParameter',
    })
  },
}
