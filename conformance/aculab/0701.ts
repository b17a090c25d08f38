import assert from 'node:assert/strict'
import type { Scenario } from '../scenario.ts'
import { accepted, numberFor, send, sendRefused } from './messages.ts'

export const scenario: Scenario = {
  system: 'aculab',
  code: '0701',
  title: 'Send to somebody who wrote STOP to the number',
  async run(world) {
    const stopper = '14155550143'
    const { number: from } = await numberFor(world, 'stopped')
    const says = (text: string) => world.api('POST', `/handsets/%2B${stopper}/messages`, { to: `+${from}`, text })
    assert.equal((await says('STOP')).status, 200)
    const answer = await send(world, { from, to: stopper })
    sendRefused(answer, { code: '0701', status: 403, reason: 'message.recipient_opted_out', text: /opted out/ })
    accepted(await send(world, { to: stopper }))
    assert.equal((await says('START')).status, 200)
    accepted(await send(world, { from, to: stopper }))
    world.keep(answer)
  },
}
