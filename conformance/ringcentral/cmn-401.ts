import type { Scenario } from '../scenario.ts'
import { isApiFault, logIn, makeApp, send } from './client.ts'

export const scenario: Scenario = {
  system: 'ringcentral',
  code: 'CMN-401',
  title: 'Create an extension through an application that may only read.',
  async run(world) {
    const app = await makeApp(world, {}, ['accounts.read', 'users.read', 'numbers.read'])
    const answer = await send(world, await logIn(world, app), 'POST', '/account/~/extension', {
      contact: { email: 'ada@example.test' },
    })
    isApiFault(answer, {
      status: 403,
      code: 'CMN-401',
      reason: 'permission.missing',
      message: 'Specific application permission required',
      extra: { permissionName: 'EditAccounts' },
      top: 'InsufficientPermissions',
    })
  },
}
