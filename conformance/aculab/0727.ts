import assert from 'node:assert/strict'
import type { Scenario } from '../scenario.ts'
import { accepted, numberFor, send, sendRefused, storePicture } from './messages.ts'

export const scenario: Scenario = {
  system: 'aculab',
  code: '0727',
  title: 'Send an MMS from a number that sends SMS only',
  async run(world) {
    await storePicture(world, 'there.png')
    const { id, number: from } = await numberFor(world, 'plain')
    const told = await world.api('PUT', `/numbers/${id}/messaging`, { mms: false })
    assert.equal(told.status, 200, told.text)
    accepted(await send(world, { from }))
    const answer = await send(world, { from, type: 'mms', msg_media: 'there.png' })
    sendRefused(answer, { code: '0727', status: 400, reason: 'message.type_not_on_number', text: new RegExp(from) })
  },
}
