import assert from 'node:assert/strict'
import type { Scenario } from '../scenario.ts'
import { ask } from './client.ts'
import { accepted, numberFor, send, sendRefused } from './messages.ts'

export const scenario: Scenario = {
  system: 'aculab',
  code: '0708',
  title: 'Send from a number whose messages are switched off',
  async run(world) {
    const { number: from } = await numberFor(world, 'switched')
    const off = await ask(world, 'GET', `/tel_update_number?number=${from}&messaging=False`)
    assert.equal(off.status, 200, off.text)
    const answer = await send(world, { from })
    sendRefused(answer, { code: '0708', status: 400, reason: 'message.sender_not_enabled', text: new RegExp(from) })
    await ask(world, 'GET', `/tel_update_number?number=${from}&messaging=True`)
    accepted(await send(world, { from }))
    world.keep(answer)
  },
}
