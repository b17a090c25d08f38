import type { Scenario } from '../scenario.ts'
import { get, isApiFault, logIn, makeApp } from './client.ts'

export const scenario: Scenario = {
  system: 'ringcentral',
  code: 'CMN-102',
  title: 'Read an extension that is not there.',
  async run(world) {
    const answer = await get(world, await logIn(world, await makeApp(world)), '/account/~/extension/12345')
    isApiFault(answer, {
      status: 404,
      code: 'CMN-102',
      reason: 'resource.not_found',
      message: 'Resource for parameter [extensionId] is not found',
      extra: { parameterName: 'extensionId', parameterValue: '12345' },
    })
  },
}
