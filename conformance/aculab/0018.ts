import type { Scenario } from '../scenario.ts'
import { ask, refused } from './client.ts'
import { readdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

export const scenario: Scenario = {
  system: 'aculab',
  code: '0018',
  title: 'Put something else in the place of the database file',
  server: { engine: 'sqlite' },
  async run(world) {
    for (const name of readdirSync(world.operator.dataDir).filter((file) => file.startsWith('offhook.db'))) {
      const path = join(world.operator.dataDir, name)
      writeFileSync(path, Buffer.alloc(statSync(path).size, 0x5a), { flag: 'r+' })
    }
    const answer = await ask(world, 'PUT', '/service/v1/inbound/Hotline', { body: {} })
    refused(answer, {
      code: '0018',
      status: 504,
      reason: 'platform.storage_unavailable',
      text: /[Ss]torage/,
      url: '/service/v1/inbound/Hotline',
    })
  },
}
