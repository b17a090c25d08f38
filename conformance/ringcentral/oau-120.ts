import type { Scenario } from '../scenario.ts'
import { askLogin, isOauthFault, makePerson } from './client.ts'

export const scenario: Scenario = {
  system: 'ringcentral',
  code: 'OAU-120',
  title: 'Log in with a client id that nobody was given.',
  async run(world) {
    const stranger = { id: '', clientId: 'nobody-was-given-this', clientSecret: 'nor this', redirectUri: '' }
    const answer = await askLogin(world, stranger, await makePerson(world))
    isOauthFault(answer, {
      status: 401,
      code: 'OAU-120',
      reason: 'oauth.application_id_wrong',
      error: 'invalid_client',
      message: 'Wrong Application ID',
      extra: { parameterName: 'client_id' },
    })
  },
}
