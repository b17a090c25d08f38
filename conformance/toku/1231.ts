import assert from 'node:assert/strict'
import type { Scenario } from '../scenario.ts'
import { until } from '../until.ts'
import { accepted, ask, refused } from './client.ts'
import { recordedCall } from './engine.ts'

export const scenario: Scenario = {
  system: 'toku',
  code: '-1231',
  title: 'Fetch the file of a recording that is still being made',
  async run(world) {
    const { call, recorded, hangUp } = await recordedCall(world, '441134960116', '-1231')
    const { record_id } = await recorded('recording')
    const answer = await ask(world, 'GET', `/record/v1/recordings/${record_id}/file`)
    refused(answer, {
      status: 404,
      reason: 'recording.file_missing',
      body: { result: -1231, result_desc: 'recording file not found', record_id },
    })
    world.keep(answer)
    await hangUp()
    assert.equal((await call.ended()).first.split(' ')[0], 'BYE')
    // Once it is made, it can be heard.
    const file = await until(
      () => ask(world, 'GET', `/record/v1/recordings/${record_id}/file`),
      ({ status }) => status === 200,
      'the file',
    )
    assert.equal(file.headers.get('content-type'), 'audio/wav')
    assert.equal(accepted(await ask(world, 'GET', `/record/v1/recordings/${record_id}`)).state, 'ready')
  },
}
