import type { Scenario } from '../scenario.ts'
import { ask, refused } from './client.ts'

export const scenario: Scenario = {
  system: 'toku',
  code: '-1230',
  title: 'Read a recording that never was',
  async run(world) {
    const record_id = '9007199254740000'
    const answer = await ask(world, 'GET', `/record/v1/recordings/${record_id}`)
    refused(answer, {
      status: 404,
      reason: 'recording.not_found',
      body: { result: -1230, result_desc: 'recording not found', record_id },
    })
  },
}
