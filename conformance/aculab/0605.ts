import assert from 'node:assert/strict'
import type { Scenario } from '../scenario.ts'
import { refused } from './client.ts'
import { modify, modifyUrl, remove, reserved } from './reservation.ts'

export const scenario: Scenario = {
  system: 'aculab',
  code: '0605',
  title: 'Extend a conference that was cancelled',
  async run(world) {
    const reservation_token = await reserved(world)
    const removed = await remove(world, { reservation_token })
    assert.equal(removed.status, 200, removed.text)
    const answer = await modify(world, { reservation_token })
    refused(answer, { code: '0605', status: 400, reason: 'conference.cancelled', text: /Meeting/, url: modifyUrl })
  },
}
