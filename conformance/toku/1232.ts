import type { Scenario } from '../scenario.ts'
import { accepted, ask, refused } from './client.ts'
import { recordedCall } from './engine.ts'

export const scenario: Scenario = {
  system: 'toku',
  code: '-1232',
  title: 'Fetch the file of a recording after it was deleted',
  async run(world) {
    const { recorded, hangUp } = await recordedCall(world, '441134960117', '-1232')
    const { record_id } = await recorded('recording')
    await hangUp()
    await recorded('ready')
    const path = `/record/v1/recordings/${record_id}`
    accepted(await ask(world, 'DELETE', path))
    for (const [method, where] of [
      ['DELETE', path],
      ['GET', `${path}/file`],
    ] as const) {
      const answer = await ask(world, method, where)
      refused(answer, {
        status: 410,
        reason: 'recording.deleted',
        body: { result: -1232, result_desc: 'recording deleted', record_id },
      })
    }
  },
}
