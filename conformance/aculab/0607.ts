import assert from 'node:assert/strict'
import type { Scenario } from '../scenario.ts'
import { refused } from './client.ts'
import { freshName, modify, modifyUrl, running } from './reservation.ts'

export const scenario: Scenario = {
  system: 'aculab',
  code: '0607',
  title: 'Extend a conference that has finished',
  async run(world) {
    const conference_name = freshName()
    const id = await running(world, conference_name, 60)
    const ended = await world.api('POST', `/conference-reservations/${id}/end`)
    assert.equal(ended.status, 200, ended.text)
    const answer = await modify(world, { conference_name })
    refused(answer, { code: '0607', status: 400, reason: 'conference.finished', text: /Meeting/, url: modifyUrl })
  },
}
