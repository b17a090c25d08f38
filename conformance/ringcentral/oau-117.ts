import type { Scenario } from '../scenario.ts'
import { isApiFault, logIn, makeApp, send } from './client.ts'

export const scenario: Scenario = {
  system: 'ringcentral',
  code: 'OAU-117',
  title: 'Ask, through an application that may only read, for a code of one that may change things.',
  async run(world) {
    const narrow = await makeApp(world, {}, ['accounts.read', 'users.read', 'numbers.read'])
    const wide = await makeApp(world)
    const answer = await send(world, await logIn(world, narrow), 'POST', '/interop/generate-code', {
      clientId: wide.clientId,
      redirectUri: wide.redirectUri,
    })
    isApiFault(answer, {
      status: 403,
      code: 'OAU-117',
      reason: 'oauth.scope_too_narrow',
      message: 'The scope of requesting application cannot be narrower than the target application',
    })
  },
}
