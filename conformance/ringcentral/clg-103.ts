import type { Scenario } from '../scenario.ts'
import { goOn, isTokenFault, syncToken } from './call-log.ts'
import { asOwner, colleague } from './messages.ts'

export const scenario: Scenario = {
  system: 'ringcentral',
  code: 'CLG-103',
  title: 'Go on with the synchronisation of the calls of another extension.',
  async run(world) {
    const token = await syncToken(world, await asOwner(world))
    isTokenFault(await goOn(world, await colleague(world), token), 'CLG-103')
  },
}
