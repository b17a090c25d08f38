import { setTimeout } from 'node:timers/promises'
import type { Scenario } from '../scenario.ts'
import { get, isApiFault, logIn, makeApp } from './client.ts'

export const scenario: Scenario = {
  system: 'ringcentral',
  code: 'OAU-128',
  title: 'Use an access token after its life, which this application has for one second.',
  async run(world) {
    const session = await logIn(world, await makeApp(world, { lifetimes: { accessSeconds: 1 } }))
    await setTimeout(1100)
    const answer = await get(world, session, '/account/~')
    isApiFault(answer, { status: 401, code: 'OAU-128', reason: 'auth.token_expired', message: 'Access token expired.' })
  },
}
