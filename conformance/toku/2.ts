import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Scenario } from '../scenario.ts'
import { ask, refused } from './client.ts'

export const scenario: Scenario = {
  system: 'toku',
  code: '-2',
  title: 'The operator sets a gateway address that is none, and starts the server with it',
  server: {},
  async run(world) {
    writeFileSync(
      join(world.operator.dataDir, 'settings.json'),
      JSON.stringify({ faces: { toku: { gateway: 'gopher://nowhere' } } }),
    )
    await world.operator.restart()
    const answer = await ask(world, 'GET', '/account/v1/services')
    refused(answer, {
      status: 500,
      reason: 'platform.server_info_invalid',
      body: { result: -2, result_desc: 'invalid server info' },
    })
  },
}
