import type { Scenario } from '../scenario.ts'
import { isApiFault, logIn, makeApp, makePerson, send } from './client.ts'

export const scenario: Scenario = {
  system: 'ringcentral',
  code: 'CMN-408',
  title: 'Change the own extension without the permission to edit users.',
  async run(world) {
    const session = await logIn(world, await makeApp(world), await makePerson(world))
    const answer = await send(world, session, 'PUT', '/account/~/extension/~', { contact: { firstName: 'Ada' } })
    isApiFault(answer, {
      status: 403,
      code: 'CMN-408',
      reason: 'permission.missing',
      message: '[EditUserInfo] permission required',
      extra: { permissionName: 'EditUserInfo' },
      top: 'InsufficientPermissions',
    })
  },
}
