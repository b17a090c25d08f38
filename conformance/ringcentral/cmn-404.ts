import type { Scenario } from '../scenario.ts'
import { get, isApiFault, logIn, makeApp, makePerson } from './client.ts'

export const scenario: Scenario = {
  system: 'ringcentral',
  code: 'CMN-404',
  title: 'Ask what a colleague may do without being an administrator.',
  async run(world) {
    const session = await logIn(world, await makeApp(world), await makePerson(world))
    const answer = await get(world, session, `/account/~/extension/${world.credentials.ringcentral.extensionId}/authz-profile`)
    isApiFault(answer, {
      status: 403,
      code: 'CMN-404',
      reason: 'permission.other_extension',
      message: 'Attempt to access another extension',
    })
  },
}
