import type { Scenario } from '../scenario.ts'
import { isApiFault, logIn, makeApp, send } from './client.ts'

export const scenario: Scenario = {
  system: 'ringcentral',
  code: 'CMN-110',
  title: 'Send a body without saying what it is.',
  async run(world) {
    const session = await logIn(world, await makeApp(world))
    const answer = await send(world, session, 'PUT', '/account/~/extension/~', Buffer.from('{"contact":{"firstName":"Ada"}}'))
    isApiFault(answer, {
      status: 400,
      code: 'CMN-110',
      reason: 'request.header_missing',
      message: 'Header Content-Type should be specified.',
      extra: { parameterName: 'Content-Type' },
    })
  },
}
