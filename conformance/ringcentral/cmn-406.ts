import type { Scenario } from '../scenario.ts'
import { get, isApiFault, logIn, makeApp } from './client.ts'

export const scenario: Scenario = {
  system: 'ringcentral',
  code: 'CMN-406',
  title: 'Ask for the same extension twice at once.',
  async run(world) {
    const session = await logIn(world, await makeApp(world))
    const answer = await get(world, session, `/account/~/extension/${session.owner_id},${session.owner_id}`)
    isApiFault(answer, {
      status: 400,
      code: 'CMN-406',
      reason: 'request.value_repeated',
      message: `Duplicate value for parameter extensionId: ${session.owner_id} found in request`,
      extra: { parameterName: 'extensionId', parameterValue: session.owner_id },
    })
  },
}
