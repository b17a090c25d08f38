import type { Scenario } from '../scenario.ts'
import { ask, refused } from './client.ts'

export const scenario: Scenario = {
  system: 'toku',
  code: '-1216',
  title: 'Read the record of a call that never was',
  async run(world) {
    const session_id = '9007199254740000'
    for (const [method, body] of [
      ['PUT', { remark: 'checked' }],
      ['GET', undefined],
    ] as const) {
      const answer = await ask(world, method, `/call/v1/cdrs/${session_id}`, body)
      refused(answer, {
        status: 404,
        reason: 'call.record_not_found',
        body: { result: -1216, result_desc: 'call cdr not found', session_id },
      })
    }
  },
}
