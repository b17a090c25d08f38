import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Scenario } from '../scenario.ts'
import { accepted, ask, refused } from './client.ts'

export const scenario: Scenario = {
  system: '8x8',
  code: '410',
  title: 'Call an address of old after the operator has ended them',
  server: {},
  async run(world) {
    accepted(await ask(world, 'GET', '/sms/v1/status'), 204)
    writeFileSync(join(world.operator.dataDir, 'settings.json'), JSON.stringify({ faces: { '8x8': { legacy: 'off' } } }))
    await world.operator.restart()
    const answer = await ask(world, 'GET', '/sms/v1/status')
    refused(answer, { status: 410, code: 2002, reason: 'api.version_retired', text: /sms\/v1/ })
    accepted(await ask(world, 'GET', '~'), 200)
    world.keep(answer)
  },
}
