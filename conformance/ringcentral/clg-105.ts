import assert from 'node:assert/strict'
import { setTimeout } from 'node:timers/promises'
import type { Answer, Scenario } from '../scenario.ts'
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
    let answer: Answer
    // The last ones may still be on their way.
    for (let tries = 0; tries < 100; tries += 1) {
      answer = await goOn(world, session, token)
      if (answer.status !== 200) break
      await setTimeout(50)
    }
    isTokenFault(answer!, 'CLG-105')
  },
}
