import assert from 'node:assert/strict'
import type { Scenario } from '../scenario.ts'
import { callIn, inbound, logged, loggedAs, trunk } from './voice.ts'

export const scenario: Scenario = {
  system: 'aculab',
  code: '2007',
  title: 'Call a service whose application runs on a worker, with none connected',
  async run(world) {
    const peer = await trunk(world)
    const number = await inbound(world, 'Worker', { uas: { application_name: 'switchboard' } })
    const call = await callIn(world, peer, number)
    assert.match((await call.final()).first, /^SIP\/2\.0 [45]\d\d /)
    const row = await logged(world, '2007')
    loggedAs(row, { text: /worker/i, ddi: number })
  },
}
