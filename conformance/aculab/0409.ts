import assert from 'node:assert/strict'
import type { Scenario } from '../scenario.ts'
import { refused } from './client.ts'
import { writeFor } from './sound.ts'

export const scenario: Scenario = {
  system: 'aculab',
  code: '0409',
  title: 'Write a sound that is to be kept for too many hours',
  async run(world) {
    const good = await writeFor(world, '720h')
    assert.equal(good.status, 200, good.text)
    const answer = await writeFor(world, '721h')
    refused(answer, { code: '0409', status: 400, reason: 'file.time_to_live_too_long', text: /at most 720h/, url: '/file_write' })
  },
}
