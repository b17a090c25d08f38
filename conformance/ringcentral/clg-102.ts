import { setTimeout } from 'node:timers/promises'
import type { Scenario } from '../scenario.ts'
import { goOn, isTokenFault, syncToken } from './call-log.ts'
import { logIn, makeApp } from './client.ts'

export const scenario: Scenario = {
  system: 'ringcentral',
  code: 'CLG-102',
  title: 'Go on with a synchronisation of calls after the life of its token, which this application has for one second.',
  async run(world) {
    const session = await logIn(world, await makeApp(world, { lifetimes: { syncTokenSeconds: 1 } }))
    const token = await syncToken(world, session)
    await setTimeout(1100)
    isTokenFault(await goOn(world, session, token), 'CLG-102')
  },
}
