import type { Scenario } from '../scenario.ts'
import { askToken, get, isApiFault, makeApp } from './client.ts'

export const scenario: Scenario = {
  system: 'ringcentral',
  code: 'CMN-405',
  title: 'Read the own extension with a token that belongs to no extension.',
  async run(world) {
    const login = await askToken(world, await makeApp(world), { grant_type: 'client_credentials' })
    const answer = await get(world, login.json, '/account/~/extension/~')
    isApiFault(answer, {
      status: 401,
      code: 'CMN-405',
      reason: 'auth.extension_login_required',
      message: 'Login to extension required.',
    })
  },
}
