import assert from 'node:assert/strict'
import type { Scenario } from '../scenario.ts'
import { callIn, inbound, logged, loggedAs, trunk } from './voice.ts'

export const scenario: Scenario = {
  system: 'aculab',
  code: '2005',
  title: 'Call a service that names no first page',
  async run(world) {
    const peer = await trunk(world)
    const number = await inbound(world, 'Pageless', {})
    const call = await callIn(world, peer, number)
    const final = await call.final()
    assert.match(final.first, /^SIP\/2\.0 500 /)
    const row = await logged(world, '2005')
    loggedAs(row, { text: /first_page/, ddi: number })
  },
}
