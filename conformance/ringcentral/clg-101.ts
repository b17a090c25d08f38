import type { Scenario } from '../scenario.ts'
import { goOn, isTokenFault, syncToken } from './call-log.ts'
import { asOwner } from './messages.ts'

export const scenario: Scenario = {
  system: 'ringcentral',
  code: 'CLG-101',
  title: 'Go on with the synchronisation of calls by a token that was damaged on its way.',
  async run(world) {
    const session = await asOwner(world)
    const token = await syncToken(world, session)
    isTokenFault(await goOn(world, session, token.slice(0, -6)), 'CLG-101')
  },
}
