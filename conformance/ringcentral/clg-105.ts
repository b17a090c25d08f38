import assert from 'node:assert/strict'
import type { Scenario } from '../scenario.ts'
import { until } from '../until.ts'
import { goOn, isTokenFault, syncToken } from './call-log.ts'
import { asOwner } from './messages.ts'

const calls = 251
const caller = '+13105550140'

export const scenario: Scenario = {
  system: 'ringcentral',
  code: 'CLG-105',
  title: 'Go on with a synchronisation of calls after 251 more have come in.',
  async run(world) {
    const session = await asOwner(world)
    const token = await syncToken(world, session)
    const to = world.credentials.ringcentral.mainNumber
    for (let call = 0; call < calls; call += 1) {
      const placed = await world.api('POST', `/handsets/${caller}/calls`, { to })
      assert.equal(placed.status, 201, placed.text)
    }
    // The last ones may still be on their way.
    const answer = await until(
      () => goOn(world, session, token),
      ({ status }) => status !== 200,
      'a synchronisation of too many calls',
    )
    isTokenFault(answer, 'CLG-105')
  },
}
