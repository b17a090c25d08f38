import type { Scenario } from '../scenario.ts'
import { isApiFault, logIn, makeApp, makePerson, send } from './client.ts'

export const scenario: Scenario = {
  system: 'ringcentral',
  code: 'CMN-402',
  title: 'Change the extension of a colleague without being an administrator.',
  async run(world) {
    const app = await makeApp(world)
    const session = await logIn(world, app, await makePerson(world))
    const { extensionId } = world.credentials.ringcentral
    const answer = await send(world, session, 'PUT', `/account/~/extension/${extensionId}`, { contact: { firstName: 'Eve' } })
    isApiFault(answer, {
      status: 403,
      code: 'CMN-402',
      reason: 'permission.missing',
      message: 'Administrator permission required',
      extra: { permissionName: 'EditUserInfo' },
    })
  },
}
