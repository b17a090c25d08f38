import type { Scenario } from '../scenario.ts'
import { isApiFault, logIn, makeApp, send } from './client.ts'

export const scenario: Scenario = {
  system: 'ringcentral',
  code: 'CMN-104',
  title: 'Send several changes at once in a multipart body that cannot be taken apart.',
  async run(world) {
    const session = await logIn(world, await makeApp(world))
    const answer = await send(world, session, 'PUT', `/account/~/extension/${session.owner_id},12345`, 'no boundary in here', {
      'content-type': 'multipart/mixed; boundary=Boundary_1',
    })
    isApiFault(answer, { status: 400, code: 'CMN-104', reason: 'request.unparsable', message: 'Cannot parse request' })
  },
}
