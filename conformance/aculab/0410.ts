import assert from 'node:assert/strict'
import type { Scenario } from '../scenario.ts'
import { refused } from './client.ts'
import { writeFor } from './sound.ts'

export const scenario: Scenario = {
  system: 'aculab',
  code: '0410',
  title: 'Write a sound that is to be kept for too many days',
  async run(world) {
    const good = await writeFor(world, '30d')
    assert.equal(good.status, 200, good.text)
    const answer = await writeFor(world, '31d')
    refused(answer, { code: '0410', status: 400, reason: 'file.time_to_live_too_long', text: /at most 30d/, url: '/file_write' })
  },
}
